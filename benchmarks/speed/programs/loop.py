"""The published loop: a few steps on a whole image with all cores.

    python -m benchmarks.speed.programs.loop cut.tif configs/alternating.toml --steps 4

Prints, as JSON, the seconds that every step took and those before the first. The step's arithmetic is ours, so the
search for each segment's pixels, which the published code does anew at every step and which grows with the square of
the image's size, is not in it.
"""

import argparse
import itertools
import json
import os
import time
from pathlib import Path

import torch

from pipeline.config.load import load_config
from pipeline.net import build
from pipeline.presegment import presegment
from pipeline.raster.open import open_source
from pipeline.raster.scaling import measure_scaling
from pipeline.raster.source import read_scaled
from pipeline.train import crop_pool
from pipeline.train.device import arithmetic
from pipeline.train.fit import fit


def main() -> None:
    """Read the command line, train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path)
    parser.add_argument("config", type=Path)
    parser.add_argument("--steps", type=int, default=4)
    chosen = parser.parse_args()
    started = time.perf_counter()
    config = load_config(chosen.config)
    source = open_source(str(chosen.image), config.input)
    image, valid = read_scaled(source, measure_scaling([source], config.input, config.seed), source.spec.scene)
    segments = presegment(image, valid, config.presegment)
    network = build(config.network, len(image), seed=config.seed)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    train = config.train.model_copy(update={"steps": chosen.steps + 1, "min_labels": 1})
    moments: list[float] = []
    with arithmetic(len(os.sched_getaffinity(0))):
        pool = crop_pool(image, segments, 0, 1, config.seed)
        before = time.perf_counter() - started
        # From one step's labels to those of the next it goes once back and once forward.
        fit(
            network, pool, train, seed=config.seed, on_labels=lambda _step, _labels: moments.append(time.perf_counter())
        )
    steps = [after - earlier for earlier, after in itertools.pairwise(moments)]
    print(json.dumps({"before": before, "steps": steps, "whole": config.train.steps}))


if __name__ == "__main__":
    main()
