"""pyshepseg's tiled segmentation (Shepherd, Bunting and Dymond, Remote Sensing 2019), with its defaults.

python -m benchmarks.speed.programs.shepherd cut.tif out.tif
"""

import argparse


def main() -> None:
    """Read the command line, segment."""
    from pyshepseg import tiling  # type: ignore[import-not-found]

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image")
    parser.add_argument("out")
    chosen = parser.parse_args()
    tiling.doTiledShepherdSegmentation(chosen.image, chosen.out, outputDriver="GTiff")


if __name__ == "__main__":
    main()
