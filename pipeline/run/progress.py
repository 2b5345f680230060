"""Progress bars, quiet when nobody looks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

Advance = Callable[[float], None]

_MEGA = 1e6


class _Bars:
    # None: tqdm looks whether stderr is a terminal.
    hidden: bool | None = None


def hide_progress() -> None:
    """Show no bars from now on, on terminals neither."""
    _Bars.hidden = True


@contextmanager
def progress(scene: str, phase: str, total: float, unit: str) -> Iterator[Advance]:
    """Show a bar for one phase of a scene with rate and remaining time; only on a terminal.

    The callable that it gives takes what was done since it was last called.
    """
    layout = "{desc} {percentage:3.0f}% |{bar:24}| {n:.4g}/{total:.4g}{unit} [{elapsed}<{remaining}, {rate_fmt}]"
    with tqdm(
        total=total, unit=f" {unit}", desc=f"{scene}: {phase:11}", bar_format=layout, leave=False, disable=_Bars.hidden
    ) as bar:
        bar.refresh()

        def advance(amount: float) -> None:
            # tqdm forgets the total of a bar that runs over, and then fails to write it.
            bar.update(min(amount, total - bar.n))

        yield advance


@contextmanager
def pixel_progress(scene: str, phase: str, pixels: int) -> Iterator[Callable[[int], None]]:
    """Show a bar for a phase of so many pixels; the callable that it gives takes pixels just done."""
    with progress(scene, phase, pixels / _MEGA, "Mpx") as advance:
        yield lambda done: advance(done / _MEGA)
