"""Hold the memory that the plan projects against the peak of real runs, over settings that change it.

    python benchmarks/memory.py scene.tif [--window 0,0,2000,2000] [--only text]

The peak is that of the sum over all processes, shared pages counted once. What must hold: no run exceeds its plan by
more than 15 %, and no plan is off by more than a factor of 2.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.speed import measure

MOST_OVER, MOST_OFF = 1.15, 2.0
SHORT = ("train.start_steps=4", "train.steps=3", "train.min_labels=1")
CASES: dict[str, tuple[str, ...]] = {
    "defaults": (),
    "one worker": ("cluster.workers=1",),
    "in one process": ("cluster.workers=0",),
    "four workers": ("cluster.workers=4", "tiles.size=512"),
    "tiles of 512": ("tiles.size=512",),
    "tiles of 2048": ("tiles.size=2048", "cluster.workers=1"),
    "slic": ("presegment.method=slic",),
    "watershed": ("presegment.method=watershed",),
    "adapt": ("train.scope=adapt", "train.adapt_steps=2", "tiles.size=512"),
    "independent, patches": ("train.scope=independent", "tiles.size=512", "train.start=random"),
    "independent, whole tiles": (
        *("train.scope=independent", "tiles.size=512", "train.start=random", "train.patch=0", "train.patches=1"),
        "train.batch=1",
    ),
    "one band": ("input.bands=[1]",),
    "large patches": ("train.patch=256", "train.batch=16"),
    "small objects join others": ("objects.min_area=20", "objects.unit=px"),
}


def main() -> int:
    """Run all cases; the exit code is 1 when a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scene")
    parser.add_argument("--window", default="0,0,2200,2200")
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    options = parser.parse_args()
    broken = 0
    print(f"{'case':26} {'planned':>9} {'peak':>9} {'peak / planned':>15}")
    for name, settings in CASES.items():
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            words = [f"--set={setting}" for setting in (*SHORT, *settings)]
            command = [sys.executable, "-m", "pipeline", "segment", options.scene, "--out", folder, "--quiet"]
            peak = measure([*command, f"--window={options.window}", *words], quiet=True).memory
            (run,) = Path(folder).glob("*/run.json")
            planned = json.loads(run.read_text(encoding="utf-8"))["projected"]["memory"] / 1e9
        wrong = peak > MOST_OVER * planned or peak * MOST_OFF < planned
        broken += wrong
        print(f"{name:26} {planned:6.2f} GB {peak:6.2f} GB {peak / planned:15.2f}{'  !' if wrong else ''}", flush=True)
    print(f"{broken} beyond the bounds")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
