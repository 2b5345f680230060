"""The pictures of a report: the scene as a JPEG, its finest classes as a PNG whose palette the page changes."""

import base64
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.export.preview import Colours, read_scene_half
from pipeline.export.product import Finished
from pipeline.raster.glance import read_glance
from pipeline.raster.reduced import read_reduced
from pipeline.raster.scaling import measure_scaling
from pipeline.stitch.levels import Level

# Longer side in pixels; the first whose pictures are small enough to be sent around.
_SIDES = (2000, 1600, 1250, 1000, 750)
_MOST_BYTES = 3_400_000
# A scene is read at up to twice the longest side, and pixels are averaged from there.
_READ = 2 * _SIDES[0]
_QUALITY = 80

GROUND = (32, 37, 42)
"""What stands where a scene has nothing; the page has the same behind its pictures."""


@dataclass(frozen=True)
class Pictures:
    """As URLs that hold their data."""

    width: int
    height: int
    scene: str | None
    """None: neither the image is there any more, nor a preview."""

    classes: str


def draw_pictures(finished: Finished, finest: Level, colours: Colours) -> Pictures:
    """Draw a scene and its classes at one size, which is less than the usual where they would be too large.

    Args:
        finished: the run.
        finest: the classes that the picture numbers.
        colours: of each of them.
    """
    scene = _scene(finished)
    rows, columns = finished.style.spec.shape
    for side in _SIDES:
        share = min(1, side / max(rows, columns))
        width, height = (max(round(length * share), 1) for length in (columns, rows))
        classes = _png(finished, finest, colours, (width, height))
        picture = None if scene is None else _jpeg(scene, (width, height))
        if len(classes) + len(picture or b"") <= _MOST_BYTES:
            break
    return Pictures(width, height, None if picture is None else _url("image/jpeg", picture), _url("image/png", classes))


def _scene(finished: Finished) -> Image.Image | None:
    """Read the scene from its image; where that is gone, as small as the preview has it."""
    config = InputConfig.model_validate(finished.record["config"]["input"])
    try:
        source = finished.image()
        scaling = measure_scaling([source], config, int(finished.record["config"]["seed"]))
        return Image.fromarray(read_glance(source, scaling, _READ))
    except InputError:
        pass
    try:
        return Image.fromarray(read_scene_half(finished.folder / "preview.png"))
    except InputError:
        return None


def _jpeg(scene: Image.Image, size: tuple[int, int]) -> bytes:
    if scene.width > size[0]:
        # Of pixels without opacity Pillow's resizing takes no colour.
        scene = scene.resize(size, Image.Resampling.BOX)
    page = Image.new("RGB", scene.size, GROUND)
    page.paste(scene.convert("RGB"), mask=scene.convert("RGBA").getchannel("A").point([0] + [255] * 255))
    file = BytesIO()
    page.save(file, format="JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return file.getvalue()


def _png(finished: Finished, finest: Level, colours: Colours, size: tuple[int, int]) -> bytes:
    labels = finest.lookup[read_reduced(finished.finest_map, size[::-1])]
    picture = Image.fromarray(labels.astype(np.uint8))
    picture.putpalette([*GROUND, *(part for colour in colours for part in colour)])
    file = BytesIO()
    # A seventh of the time of the best that Pillow can, for a tenth more bytes.
    picture.save(file, format="PNG", compress_level=7, transparency=bytes([0] + [255] * len(colours)))
    return file.getvalue()


def _url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
