"""objects.gpkg or another vector file of a finished map's objects, and its style for QGIS."""

from pipeline.export.polygon_attributes import Describer
from pipeline.export.polygons import PolygonsJob
from pipeline.export.product import Finished, Product
from pipeline.export.qml import polygons_qml
from pipeline.files import write_text
from pipeline.raster.ground import ground_of
from pipeline.stitch.titles import titles_of


def polygons_job(finished: Finished) -> PolygonsJob:
    """Return what there is to do for a map whose objects are found."""
    found, config = finished.objects, finished.style.config
    if found is None:
        raise ValueError("objects are found before outputs are made")
    titles, plan = titles_of(finished.level.classes, finished.pixels), found.surveys[0].plan
    bands: tuple[int, ...] = ()
    if plan.image is not None:
        # A palette's colours are three, whatever band they came from.
        bands = plan.image.bands if plan.image.palette is None else (1, 2, 3)
    metric = ground_of(plan.spec) is not None
    return PolygonsJob(
        found=found,
        path=finished.folder / f"objects.{config.vector}",
        describer=Describer(tuple(titles), tuple(finished.coarser(finished.level).items()), bands, metric),
        qml=polygons_qml("class", titles, finished.level.classes.colours),
        simplify=config.simplify,
    )


def make_vector(finished: Finished) -> None:
    """Write the polygons of a finished map's objects.

    Raises:
        InputError: the map cannot be read.
        OutputError: they cannot be written.
    """
    job = polygons_job(finished)
    finished.write_polygons(job)
    write_text(finished.folder / "objects.qml", job.qml)


FILES = ("objects.gpkg", "objects.fgb", "objects.parquet", "objects.qml")

VECTOR = Product("vector", FILES, make_vector, of_objects=True, of_bands=True)
