"""Make a large scene of a small one: a VRT that shows it again and again, side by side and below one another.

    python benchmarks/repeat.py towns.tif 20000 20000 large.vrt

Every copy that the size cuts is cut. Pixels are read from the one file, so a scene of ten gigapixels takes a few
kilobytes or megabytes of disk.
"""

import argparse
from pathlib import Path
from xml.etree import ElementTree as ET

import rasterio


def repeat(scene: Path, rows: int, columns: int, path: Path) -> None:
    """Write the VRT.

    Args:
        scene: what is shown.
        rows: of the VRT.
        columns: of the VRT.
        path: of the VRT.
    """
    with rasterio.open(scene) as dataset:
        root = ET.Element("VRTDataset", rasterXSize=str(columns), rasterYSize=str(rows))
        if dataset.crs:
            ET.SubElement(root, "SRS").text = dataset.crs.to_wkt()
            ET.SubElement(root, "GeoTransform").text = ", ".join(map(str, dataset.transform.to_gdal()))
        for number in range(1, dataset.count + 1):
            kind = {"uint8": "Byte", "uint16": "UInt16", "int16": "Int16", "float32": "Float32"}[dataset.dtypes[0]]
            band = ET.SubElement(root, "VRTRasterBand", dataType=kind, band=str(number))
            ET.SubElement(band, "ColorInterp").text = dataset.colorinterp[number - 1].name.capitalize()
            for top in range(0, rows, dataset.height):
                for left in range(0, columns, dataset.width):
                    height, width = min(dataset.height, rows - top), min(dataset.width, columns - left)
                    source = ET.SubElement(band, "SimpleSource")
                    ET.SubElement(source, "SourceFilename", relativeToVRT="0").text = str(scene.resolve())
                    ET.SubElement(source, "SourceBand").text = str(number)
                    size = {"xSize": str(width), "ySize": str(height)}
                    ET.SubElement(source, "SrcRect", {"xOff": "0", "yOff": "0", **size})
                    ET.SubElement(source, "DstRect", {"xOff": str(left), "yOff": str(top), **size})
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scene", type=Path)
    parser.add_argument("rows", type=int)
    parser.add_argument("columns", type=int)
    parser.add_argument("vrt", type=Path)
    options = parser.parse_args()
    repeat(options.scene, options.rows, options.columns, options.vrt)


if __name__ == "__main__":
    main()
