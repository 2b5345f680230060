"""What handing out tiles costs: ten thousand that do nothing, through the executor that a run uses.

    python -m benchmarks.scheduling [--tiles 10000] [--workers 2]

Prints wall and CPU milliseconds a tile, and the memory of this process, where the scheduler lives, along the way. What
must hold: less than 5 % of the work that a tile is, and memory that does not grow with the number of tiles.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from pipeline.cluster import Stage, open_cluster
from pipeline.config import ClusterConfig

TILE_S = 1.5
"""Seconds of one core that a tile of 1024 px is, in a run with the defaults."""

MOST = 0.05
"""Share of that which handing it out may take."""

_LOOKS = 10
_GROWTH_MB = 40.0


@dataclass(frozen=True)
class Handed:
    """What so many tiles took."""

    tiles: int
    wall: float
    """Seconds."""

    cpu: float
    """Seconds of this process and of its workers together."""

    memory: list[float]
    """Resident MB of this process, each after another tenth of the tiles."""

    @property
    def share(self) -> float:
        """CPU time of one tile's handing out, as a share of the tile's work."""
        return self.cpu / self.tiles / TILE_S

    @property
    def growth(self) -> float:
        """MB that memory has grown by from the second look on, when all that is needed was there once."""
        return max(self.memory[1:]) - self.memory[1]


def _nothing(_job: int) -> None:
    """Do what a tile without work does."""


def hand_out(tiles: int, workers: int) -> Handed:
    """Hand out tiles that do nothing."""
    with tempfile.TemporaryDirectory() as folder, open_cluster(ClusterConfig(device="cpu"), workers) as executor:
        me, memory = psutil.Process(), []
        # What is done once: imports on workers, first connections.
        list(executor.map([Stage(_nothing)], range(4 * workers), Path(folder)))
        before, started = _cpu(me), time.perf_counter()
        for done, _ in enumerate(_results(executor.map([Stage(_nothing)], range(tiles), Path(folder))), start=1):
            if done % max(tiles // _LOOKS, 1) == 0:
                memory.append(me.memory_info().rss / 1e6)
        return Handed(tiles, time.perf_counter() - started, _cpu(me) - before, memory)


def _results(pairs: Iterator[tuple[int, object]]) -> Iterator[object]:
    return (result for _, result in pairs)


def _cpu(me: psutil.Process) -> float:
    return sum(sum(one.cpu_times()[:2]) for one in [me, *me.children(recursive=True)])


def main() -> int:
    """Measure and print; the exit code is 1 when a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    found = hand_out(options.tiles, options.workers)
    per_tile = 1000 / found.tiles
    print(f"{found.tiles} tiles on {options.workers} workers, load {os.getloadavg()[0]:.1f}:")
    print(f"  {found.wall * per_tile:.2f} ms wall and {found.cpu * per_tile:.2f} ms CPU a tile, all processes together")
    print(f"  {100 * found.share:.2f} % of a tile's {TILE_S} s (at most {100 * MOST:.0f} %)")
    print(f"  memory {', '.join(f'{size:.0f}' for size in found.memory)} MB: grows by {found.growth:.0f} MB")
    return int(found.share > MOST or found.growth > _GROWTH_MB)


if __name__ == "__main__":
    sys.exit(main())
