"""A line over steps, as the page draws it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 26
_TICKS = 5


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    at: float
    """Place in the drawing."""

    text: str


@dataclass(frozen=True)
class Plot:
    """A drawing of `WIDTH` x `HEIGHT`."""

    title: str
    summary: str
    """What it shows, for those who do not see it."""

    across: tuple[Tick, ...]
    down: tuple[Tick, ...]
    line: str
    """Points of the line, as SVG has them."""

    band: str
    """Outline of the range around it; empty: there is none."""

    kept: tuple[float, float] | None
    """The point of the state that was kept."""

    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM


def draw_plot(
    title: str,
    values: Sequence[float],
    *,
    whole: bool = False,
    around: tuple[Sequence[float], Sequence[float]] | None = None,
    kept: int | None = None,
) -> Plot:
    """Draw a value per step.

    Args:
        title: what the values are.
        values: at steps 1, 2, ...; at least one.
        whole: whether they are counts.
        around: the lowest and the highest of several at every step.
        kept: the step, from 0, whose state was kept.
    """
    lows, highs = around or (values, values)
    levels = _round_numbers(min(lows), max(highs), whole=whole)
    steps = [step for step in _round_numbers(1, len(values), whole=True) if 1 <= step <= len(values)]
    low, high = levels[0], levels[-1]

    def x(step: float) -> float:
        share = (step - 1) / (len(values) - 1) if len(values) > 1 else 0.5
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM), 1)

    def points(numbers: Sequence[float]) -> list[str]:
        return [f"{x(step)},{y(number)}" for step, number in enumerate(numbers, start=1)]

    return Plot(
        title=title,
        summary=f"{title}: from {_text(values[0])} at step 1 to {_text(values[-1])} at step {len(values)}.",
        across=tuple(Tick(x(step), _text(step)) for step in steps),
        down=tuple(Tick(y(level), _text(level)) for level in levels),
        line=" ".join(points(values)),
        band=" ".join([*points(highs), *reversed(points(lows))]) if around else "",
        kept=None if kept is None else (x(kept + 1), y(values[kept])),
    )


def _round_numbers(low: float, high: float, *, whole: bool) -> list[float]:
    """Return a few round numbers at even steps, the first no more than `low`, the last no less than `high`."""
    span = max(high - low, 1 if whole else max(abs(high), 1e-9) / 10)
    rough = span / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    step = max(step, 1) if whole else step
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _text(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"  # noqa: PLR2004 - four digits
