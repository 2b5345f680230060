"""scikit-image's segmentation of a whole image: read, segment, write the segments.

python -m benchmarks.speed.programs.scikit felzenszwalb cut.tif out.tif
"""

import argparse

import numpy as np
import rasterio
from skimage.segmentation import felzenszwalb, slic


def main() -> None:
    """Read the command line, segment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("method", choices=("felzenszwalb", "slic"))
    parser.add_argument("image")
    parser.add_argument("out")
    chosen = parser.parse_args()
    with rasterio.open(chosen.image) as source:
        image = np.moveaxis(source.read(), 0, -1)
        profile = {"crs": source.crs, "transform": source.transform}
    if chosen.method == "felzenszwalb":
        segments = felzenszwalb(image, scale=64, sigma=0.5, min_size=64)
    else:
        segments = slic(image, n_segments=image.shape[0] * image.shape[1] // 100, compactness=10, start_label=1)
    rows, columns = segments.shape
    profile |= {"driver": "GTiff", "height": rows, "width": columns, "count": 1, "dtype": "uint32", "tiled": True}
    with rasterio.open(chosen.out, "w", **profile, compress="deflate", num_threads="all_cpus") as to:
        to.write(segments.astype(np.uint32), 1)


if __name__ == "__main__":
    main()
