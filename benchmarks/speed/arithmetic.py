"""What follows from times: a longer run from shorter ones, the cost of a pixel at the margin, ratios."""


def by_steps(few: tuple[int, float], more: tuple[int, float], wanted: int) -> float:
    """Return the seconds that so many steps take, on the straight line through two runs (steps, seconds).

    Raises:
        ValueError: both have the same number of steps.
    """
    if few[0] == more[0]:
        raise ValueError("two numbers of steps make a line, one does not")
    each = (more[1] - few[1]) / (more[0] - few[0])
    return few[1] + (wanted - few[0]) * each


def by_size(seconds: float, megapixels: float, wanted: float) -> float:
    """Return the seconds of another size at the same seconds a pixel."""
    return seconds * wanted / megapixels


def marginal(small: tuple[float, float], large: tuple[float, float]) -> float:
    """Return the seconds that a megapixel more takes, from two runs (megapixels, seconds)."""
    return (large[1] - small[1]) / (large[0] - small[0])


def unevenness(first: tuple[float, float], second: tuple[float, float], last: tuple[float, float]) -> float:
    """Return by what share a megapixel more costs more from the second size on than before.

    Args:
        first: megapixels and seconds, as the others.
        second: of a larger run.
        last: of one that is larger still.

    Raises:
        ValueError: sizes do not rise.
    """
    if not first[0] < second[0] < last[0]:
        raise ValueError(f"sizes must rise, got {first[0]:g}, {second[0]:g} and {last[0]:g}")
    return marginal(second, last) / marginal(first, second) - 1
