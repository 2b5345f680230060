"""merge.gif: how classes merge step by step, from all that were found down to two, each in its mean colour."""

from PIL import Image

from pipeline.export.product import Finished, Product
from pipeline.files import replacing
from pipeline.raster.reduced import read_reduced
from pipeline.stitch.levels import all_levels

_SIDE = 640
_FRAME_MS, _LAST_MS = 450, 2000
_WHITE = (255, 255, 255)
# Of 256 colours one is for nodata.
_MOST_CLASSES = 255


def make_animation(finished: Finished) -> None:
    """Write a frame for every level of the class tree that a GIF's palette holds, the finest first.

    Raises:
        OutputError: it cannot be written.
    """
    rows, columns = finished.style.spec.shape
    step = max(-(-max(rows, columns) // _SIDE), 1)
    finest = read_reduced(finished.finest_map, (-(-rows // step), -(-columns // step)))
    levels = [
        level
        for level in all_levels(finished.finest.classes, finished.finest.tree)[::-1]
        if len(level.classes.colours) <= _MOST_CLASSES
    ]
    frames = []
    for level in levels:
        # Every frame has the numbers of its own level, so that two classes of one colour stay two.
        frame = Image.fromarray(level.lookup[finest].astype("uint8"), mode="P")
        frame.putpalette([part for colour in (_WHITE, *level.classes.colours) for part in colour])
        frames.append(frame)
    if not frames:
        return
    times = [_FRAME_MS] * (len(frames) - 1) + [_LAST_MS]
    with replacing(finished.folder / "merge.gif") as temporary:
        frames[0].save(
            temporary, format="GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=False
        )


ANIMATION = Product("animation", ("merge.gif",), make_animation)
