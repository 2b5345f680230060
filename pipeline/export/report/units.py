"""Numbers as people read them."""

import math
from dataclasses import dataclass

_DIGITS = 3
_MOST_DECIMALS = 4
_MINUTE, _HOUR = 60, 3600
_HECTARE, _SQUARE_KILOMETRE = 1e4, 1e6
# Ground of more than that is told in square kilometres.
_WIDE = 10 * _SQUARE_KILOMETRE
_LEAST_SHARE = 0.001
_ALIKE = 0.01


@dataclass(frozen=True)
class Ground:
    """What a scene's pixels are on the ground, and the unit that its areas are told in."""

    pixel: tuple[float, float] | None
    """Height and width of a pixel in metres; None: there is no telling."""

    pixels: int
    """Valid pixels of the scene; the unit follows from all of them, so that areas compare at a glance."""

    @property
    def unit(self) -> str:
        """Of areas."""
        if self.pixel is None:
            return "pixels"
        return "km²" if self._square_metres(self.pixels) >= _WIDE else "ha"

    def area(self, pixels: int) -> str:
        """Return the area of so many pixels, without its unit."""
        if self.pixel is None:
            return f"{pixels:,}"
        return significant(
            self._square_metres(pixels) / (_SQUARE_KILOMETRE if self.unit == "km²" else _HECTARE),
        )

    @property
    def resolution(self) -> str | None:
        """The size of a pixel."""
        if self.pixel is None:
            return None
        height, width = self.pixel
        if abs(height - width) <= _ALIKE * max(height, width):
            return f"{significant((height + width) / 2)} m"
        return f"{significant(width)} x {significant(height)} m"

    def _square_metres(self, pixels: int) -> float:
        height, width = self.pixel or (0.0, 0.0)
        return pixels * height * width


def significant(value: float) -> str:
    """Round to three digits, but not before the point."""
    if value == 0:
        return "0"
    decimals = min(max(_DIGITS - 1 - math.floor(math.log10(abs(value))), 0), _MOST_DECIMALS)
    text = f"{value:,.{decimals}f}"
    return f"< {10**-decimals:.{decimals}f}" if float(text.replace(",", "")) == 0 else text


def percent(share: float) -> str:
    """Return a share in per cent; what is there is never 0."""
    if share == 0:
        return "0 %"
    return "< 0.1 %" if share < _LEAST_SHARE else f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """Return a time with its units, the two largest of them."""
    if seconds < 0.05:  # noqa: PLR2004 - what rounds to nothing
        return "< 0.1 s"
    if seconds < 10:  # noqa: PLR2004 - a digit after the point is of use to there
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
