"""One scene, one network, many tilings: how often labels change on tile borders, and how many pixels differ."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.consistency.maps import Map, make_map, strips
from pipeline.measure.seams import count_changes, seam_excess

SIZES = (512, 1280, 2048)
MOVED = (512, 1280)
_MOVES = 8


def measure_tilings(scene: Path, settings: Sequence[str], cache: Path) -> dict[str, Any]:
    """Segment a scene by every tiling; return what is told of them, as JSON has it."""
    trained = make_map(scene, settings, cache / "trained")
    # In TOML's quotes, for a folder's name may mean something else.
    base = [*settings, f'prior.file="{trained.prior}"']

    def tiled(size: int, offset: tuple[int, int]) -> Map:
        row, column = offset
        return make_map(
            scene,
            [*base, f"tiles.size={size}", f"tiles.offset=[{row},{column}]"],
            cache / f"{size}-{row}-{column}",
        )

    untiled = tiled(max(trained.shape) + 1, (0, 0))
    straight = {size: tiled(size, (0, 0)) for size in SIZES}
    named = {**{str(size): one for size, one in straight.items()}, "untiled": untiled}
    borders = {}
    for size in MOVED:
        maps = [tiled(size, offset) for offset in offsets(size)]
        pooled = seam_excess(np.concatenate([_against(one, untiled) for one in maps]))
        borders[str(size)] = {
            "ratio": pooled.excess,
            "interval": pooled.interval,
            "pixels": pooled.pixels,
            "tiled_rate": pooled.border_rate,
            "untiled_rate": pooled.parallel_rate,
            "one_run": straight[size].manifest["seams"],
        }
    return {
        "scene": scene.name,
        "code": untiled.manifest["versions"]["code"],
        "classes": len(untiled.manifest["classes"]),
        "equal": {
            f"{first} and {second}": _equal(named[first], named[second]) for first, second in combinations(named, 2)
        },
        "borders": borders,
    }


def offsets(size: int) -> list[tuple[int, int]]:
    """Return eight offsets, spread over a tile in rows and columns and over the places within blocks of JPEG."""
    step = size // _MOVES + 1
    return [(turn * step, 3 * turn % _MOVES * step) for turn in range(_MOVES)]


def _against(tiled: Map, untiled: Map) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Count per border piece, (n, 4): changes and pixels in the tiled map, and on the same lines of the untiled one."""
    grid = tiled.manifest["grid"]
    counts = [count_changes(one.read, grid["rows"], grid["columns"])[:, :2] for one in (tiled, untiled)]
    return np.hstack(counts)


def _equal(first: Map, second: Map) -> float:
    """Return the share of pixels with the same class, of those that have any."""
    same, inside = 0, 0
    for one, other in strips(first, second):
        same += int(np.count_nonzero((one == other) & (one > 0)))
        inside += int(np.count_nonzero(one))
    return same / max(inside, 1)
