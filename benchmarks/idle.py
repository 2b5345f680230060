"""How much of the workers' time is idle over many small scenes, from the logs of their runs.

    python -m benchmarks.idle scene.tif [--scenes 20] [--side 1000] [-- further arguments of `aerialseg segment`]

The scenes are crops of the one that is given. Counted is from the first task's begin to the last one's end; a worker is
busy while it has a task: a training, a tile, pairs of neighbours, a box of the map, a vector file.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import rasterio
from rasterio.windows import Window

CHEAP = (
    *("presegment.method=watershed", "train.start_steps=8", "train.steps=2", "train.patches=8", "tiles.size=256"),
    "tiles.halo=64",
)
"""Settings under which a scene is little work, and what lies between two scenes shows most."""

# Kinds of tasks that are told of together.
_MANY = ("links", "surveys", "polygons")


@dataclass(frozen=True)
class Idle:
    """What became of the workers' time."""

    span: float
    """Seconds from the first task's begin to the last one's end."""

    busy: dict[str, float]
    """Seconds of all workers by kind of task."""

    workers: int

    @property
    def share(self) -> float:
        """Share of the workers' time in which they had no task."""
        return 1 - sum(self.busy.values()) / (self.workers * self.span)


def idle_of(events: Iterable[dict[str, Any]], workers: int) -> Idle:
    """Work out what the events of all scenes of one run tell.

    Args:
        events: lines of their logs, in any order.
        workers: of the run.
    """
    first, last, busy = float("inf"), 0.0, dict.fromkeys(("ahead", "prior", "tile", *_MANY), 0.0)
    for event in events:
        if event["what"] not in busy:
            continue
        seconds = event["seconds"] if event["what"] != "prior" else sum(event["seconds"].values())
        end = datetime.fromisoformat(event["time"]).timestamp()
        busy[event["what"]] += seconds
        last = max(last, end)
        # Those of many tasks are not one after the other.
        first = min(first, end - seconds) if event["what"] in {"prior", "tile"} else first
    return Idle(last - first, busy, workers)


def crops(scene: Path, folder: Path, count: int, side: int) -> Iterator[Path]:
    """Cut a scene into files of one size; where there are too few places they are moved and taken again."""
    with rasterio.open(scene) as whole:
        rows, columns = whole.height // side, whole.width // side
        for number in range(count):
            row, column = divmod(number % (rows * columns), columns)
            shift = 16 * (number // (rows * columns))
            window = Window(max(column * side - shift, 0), max(row * side - shift, 0), side, side)
            path = folder / f"crop-{number:03d}.tif"
            profile = {"width": side, "height": side, "transform": whole.window_transform(window)}
            keep = {key: whole.profile[key] for key in ("driver", "count", "dtype", "crs", "nodata")}
            with rasterio.open(path, "w", **keep, **profile, tiled=True, compress="deflate") as file:
                file.write(whole.read(window=window))
            yield path


def main() -> None:
    """Cut, run, and print."""
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scene", type=Path)
    parser.add_argument("--scenes", type=int, default=20)
    parser.add_argument("--side", type=int, default=1000, help="of a crop, in pixels")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--defaults", action="store_true", help="with the default settings, not the cheap ones")
    options = parser.parse_args(words[:cut])
    with tempfile.TemporaryDirectory() as folder:
        paths = list(crops(options.scene, Path(folder), options.scenes, options.side))
        settings = () if options.defaults else CHEAP
        chosen = [f"--set={setting}" for setting in (*settings, f"cluster.workers={options.workers}")]
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "pipeline", "segment", *map(str, paths), "--out", str(out), "--quiet"]
        before, started = os.times(), time.perf_counter()
        subprocess.run([*command, *chosen, *words[cut + 1 :]], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        wall, after = time.perf_counter() - started, os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        events = [json.loads(line) for log in out.glob("*/run.log") for line in log.read_text("utf-8").splitlines()]
    found = idle_of(events, options.workers)
    told = ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in found.busy.items())
    print(f"{options.scenes} scenes of {options.side} x {options.side} px: {wall:.1f} s wall, {cpu:.1f} s CPU")
    print(f"workers: {options.workers} over {found.span:.1f} s, busy with {told}; idle {100 * found.share:.1f} %")


if __name__ == "__main__":
    main()
