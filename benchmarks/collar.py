"""Turn a scene about its upper left corner and warp it north up again: an image in a black collar, as mosaics have.

python benchmarks/collar.py SCENE OUT.tif [--degrees 17]
"""

import argparse
import math
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.warp import Resampling, reproject


def turn(scene: Path, out: Path, degrees: float) -> None:
    """Write the turned scene; pixels outside are 0, darkest ones inside at least 1."""
    with rasterio.open(scene) as source:
        image = np.maximum(source.read(), 1)
        turned = source.transform @ Affine.rotation(degrees)
        # The same pixel size, north up, around the turned corners.
        left, bottom, right, top = _bounds(turned, source.width, source.height)
        size = abs(source.transform.a)
        transform = Affine(size, 0, left, 0, -size, top)
        width, height = math.ceil((right - left) / size), math.ceil((top - bottom) / size)
        profile = source.profile | {"transform": transform, "width": width, "height": height, "tiled": True}
        profile |= {"driver": "GTiff", "compress": "deflate", "blockxsize": 512, "blockysize": 512}
        warped = np.zeros((source.count, height, width), dtype=image.dtype)
        reproject(
            image,
            warped,
            src_transform=turned,
            dst_transform=transform,
            src_crs=source.crs,
            dst_crs=source.crs,
            resampling=Resampling.nearest,
        )
    with rasterio.open(out, "w", **profile) as file:
        file.write(warped)


def _bounds(transform: Affine, width: int, height: int) -> tuple[float, float, float, float]:
    corners = ((0, 0), (width, 0), (0, height), (width, height))
    x, y = zip(*(transform @ corner for corner in corners), strict=True)
    return min(x), min(y), max(x), max(y)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scene", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--degrees", type=float, default=17.0)
    arguments = parser.parse_args()
    turn(arguments.scene, arguments.out, arguments.degrees)


if __name__ == "__main__":
    main()
