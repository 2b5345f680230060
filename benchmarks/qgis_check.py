"""Open a scene's results in QGIS, and see whether it shows what the manifest tells.

    python3 benchmarks/qgis_check.py out/scene scene.tif --picture out/qgis.png

Run by hand with the python3 that QGIS is built for; nothing of the program is imported, since that one has no torch.
The picture has the image, the classes half transparent over it, and the outlines of the objects, drawn by QGIS. QGIS
leaves statistics beside what it opens, so it is given copies, and a link to the image, in a folder of their own.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsFillSymbol,
    QgsMapLayer,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsRasterLayer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize

# Corners that lie closer than this share of a pixel are one.
_TOLERANCE = 1e-3
_LONGER_SIDE = 1600
_HALF = 0.5
_OUTLINE = {"style": "no", "outline_color": "255,255,0,255", "outline_width": "0.15"}


def main() -> int:
    """Check a folder; print what is wrong, a sentence each, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="a scene's folder of results")
    parser.add_argument("image", help="the scene")
    parser.add_argument("--picture", type=Path, help="PNG of image, classes and outlines on one another")
    arguments = parser.parse_args()
    application = QgsApplication([], False)  # noqa: FBT003 - Qt takes it by place
    application.initQgis()
    with TemporaryDirectory() as name:
        return check(arguments.folder, arguments.image, arguments.picture, Path(name))


def check(results: Path, scene: str, picture: Path | None, scratch: Path) -> int:
    """Check a folder of results; see `main`."""
    image = QgsRasterLayer(linked(scene, scratch / "image"), "image")
    if not image.isValid():
        print(f"{scene}: QGIS cannot open it", file=sys.stderr)
        return 1
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    folder = shutil.copytree(results, scratch / "results", ignore=shutil.ignore_patterns(".*", "prior.pt"))
    rasters = load_rasters(folder)
    vectors = load_vectors(folder / "objects.gpkg")
    faults = [] if "classes" in rasters else [f"{results}: there is no classes.tif"]
    for layer in (*rasters.values(), *vectors):
        faults += place_faults(layer, image)
    titles = {"classes": manifest["classes"], "finest": manifest["levels"]["finest"]}
    for name, entries in titles.items():
        if name in rasters:
            found = [label for label, _ in rasters[name].renderer().legendSymbologyItems()]
            faults += legend_faults(rasters[name], found, entries)
    for layer in vectors:
        if layer.renderer().type() == "categorizedSymbol":
            found = [item.label() for item in layer.renderer().legendSymbolItems()]
            faults += legend_faults(layer, found, manifest["classes"])
    for fault in faults:
        print(fault, file=sys.stderr)
    if picture is not None and not faults:
        draw(picture, image, rasters["classes"], vectors)
    print(f"{len(rasters)} rasters and {len(vectors)} vector layers: {len(faults) or 'no'} faults")
    return 1 if faults else 0


def linked(image: str, folder: Path) -> str:
    """Link an image, and all whose names begin like its own, into a folder, and return its path there."""
    path = Path(image).absolute()
    if not path.is_file():
        # A URL or a path of GDAL's own, beside which nothing is written.
        return image
    folder.mkdir()
    for file in path.parent.iterdir():
        if not file.name.startswith(f"{path.stem}."):
            continue
        if file.name.endswith(".aux.xml"):
            # A link would be written through.
            shutil.copyfile(file, folder / file.name)
        else:
            (folder / file.name).symlink_to(file)
    return str(folder / path.name)


def load_rasters(folder: Path) -> dict[str, QgsRasterLayer]:
    """Open what is there, as a user does who drops it on the map: QGIS takes a style of the same name by itself."""
    names = ("classes", "finest", "objects")
    return {name: QgsRasterLayer(str(path), path.name) for name in names if (path := folder / f"{name}.tif").exists()}


def load_vectors(path: Path) -> list[QgsVectorLayer]:
    """Open every layer of a GeoPackage that has geometries."""
    if not path.exists():
        return []
    whole = QgsVectorLayer(str(path), path.name)
    if not whole.isValid():
        return [whole]
    parts = [text.split(whole.dataProvider().sublayerSeparator()) for text in whole.dataProvider().subLayers()]
    layers = [QgsVectorLayer(f"{path}|layername={part[1]}", f"{path.name}, {part[1]}") for part in parts]
    return [layer for layer in layers if layer.isSpatial()]


def place_faults(layer: QgsMapLayer, image: QgsRasterLayer) -> list[str]:
    """Say where a layer is not what the image is, or not where it is."""
    name = layer.name()
    if not layer.isValid():
        return [f"{name}: QGIS cannot open it"]
    faults = []
    if layer.crs() != image.crs():
        faults.append(f"{name}: has the reference system {layer.crs().authid()}, the image {image.crs().authid()}")
    whole, tolerance = image.extent(), _TOLERANCE * image.rasterUnitsPerPixelX()
    if isinstance(layer, QgsRasterLayer):
        sizes = [(one.width(), one.height()) for one in (layer, image)]
        if sizes[0] != sizes[1]:
            faults.append(f"{name}: is of {sizes[0]} px, the image of {sizes[1]}")
        if not layer.extent().buffered(tolerance).contains(whole) or not whole.buffered(tolerance).contains(
            layer.extent()
        ):
            faults.append(f"{name}: covers {layer.extent().toString()}, the image {whole.toString()}")
    elif layer.featureCount() > 0 and not whole.buffered(tolerance).contains(layer.extent()):
        faults.append(f"{name}: reaches beyond the image, to {layer.extent().toString()}")
    return faults


def legend_faults(layer: QgsMapLayer, found: list[str], entries: list[dict[str, object]]) -> list[str]:
    """Compare a legend with the manifest's classes."""
    wanted = [entry.get("title") for entry in entries]
    return [] if found == wanted else [f"{layer.name()}: the legend reads {found}, the manifest tells of {wanted}"]


def draw(path: Path, image: QgsRasterLayer, classes: QgsRasterLayer, outlines: list[QgsVectorLayer]) -> None:
    """Let QGIS draw the layers on one another."""
    classes.renderer().setOpacity(_HALF)
    for layer in outlines:
        layer.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(_OUTLINE)))
    settings = QgsMapSettings()
    settings.setLayers([*outlines, classes, image])
    settings.setDestinationCrs(image.crs())
    settings.setExtent(image.extent())
    scale = min(1, _LONGER_SIDE / max(image.width(), image.height()))
    settings.setOutputSize(QSize(round(scale * image.width()), round(scale * image.height())))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    path.parent.mkdir(parents=True, exist_ok=True)
    job.renderedImage().save(str(path), "PNG")


if __name__ == "__main__":
    sys.exit(main())
