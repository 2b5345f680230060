"""objects.tif: the number of its object in every pixel."""

from pipeline.export.numbering import write_numbers
from pipeline.export.product import Finished, Product


def make_objects(finished: Finished) -> None:
    """Write the numbers of a finished map's objects; where small ones have joined others they are there already.

    Raises:
        InputError: the map cannot be read.
        OutputError: they cannot be written.
    """
    if finished.objects is None:
        raise ValueError("objects are found before outputs are made")
    if finished.objects.raster is None:
        with finished.watched("numbers", finished.style.spec.scene.pixels) as advance:
            write_numbers(finished.objects, finished.style, finished.folder / "objects.tif", advance)


OBJECTS = Product("objects", ("objects.tif",), make_objects, of_objects=True)
