"""What classes are called where people read: "3: dark green, rough, 18 %"."""

from collections.abc import Sequence

from pipeline.stitch.classes import Classes
from pipeline.stitch.colour_names import colour_names

# Mean steps of 8 and of 20 in 255 from a pixel to the next.
_MEDIUM, _ROUGH = 0.03, 0.08
# Shares in percent below which a decimal is told, and below which there is none to tell.
_TENTHS, _LEAST = 9.95, 0.05


def titles_of(classes: Classes, pixels: Sequence[int]) -> tuple[str, ...]:
    """Return the title of each class of a map: value, colour, roughness where it is known, share of the valid pixels.

    No two are the same, as the value stands in front.

    Args:
        classes: of the map.
        pixels: of each class.
    """
    total = max(sum(pixels), 1)
    told = enumerate(zip(looks_of(classes), pixels, strict=True), start=1)
    return tuple(f"{value}: {look}, {_percent(count / total)}" for value, (look, count) in told)


def looks_of(classes: Classes) -> tuple[str, ...]:
    """Return what each class looks like: its colour, and its roughness where it is known."""
    names = colour_names(classes.colours)
    if classes.roughness is None:
        return tuple(names)
    return tuple(f"{name}, {_texture(rough)}" for name, rough in zip(names, classes.roughness, strict=True))


def _texture(roughness: float) -> str:
    if roughness < _MEDIUM:
        return "smooth"
    return "medium" if roughness < _ROUGH else "rough"


def _percent(share: float) -> str:
    percent = 100 * share
    if percent == 0:
        return "0 %"
    if percent < _LEAST:
        return "under 0.1 %"
    return f"{percent:.1f} %" if percent < _TENTHS else f"{percent:.0f} %"
