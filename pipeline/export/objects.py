"""objects.tif: the number of its object in every pixel."""

from pipeline.export.product import Finished, Product


def make_objects(finished: Finished) -> None:
    """Nothing is left to do: objects.tif comes about as objects are found (`objectmap.py`)."""
    if finished.objects is None:
        raise ValueError("objects are found before outputs are made")


OBJECTS = Product("objects", ("objects.tif",), make_objects, of_objects=True)
