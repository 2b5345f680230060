"""The least that a run must do: decode, pre-segment, one pass of the network, encode; by processes side by side.

    python -m benchmarks.speed.programs.floor scene.tif 5000 5000 out.tif --processes 2

Nothing is trained (weights are chance; time does not depend on them), voted on, linked, joined, checked or described.
Prints the seconds by stage, summed over processes, as JSON.
"""

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import rasterio
import torch
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.clock import Clock
from pipeline.config import Config
from pipeline.context import widen
from pipeline.grid import Tile
from pipeline.kernels.compiled import keep_compiled
from pipeline.net import Network, build
from pipeline.presegment import presegment
from pipeline.raster.open import open_source
from pipeline.raster.scaling import Scaling, measure_scaling
from pipeline.raster.source import Source, read_scaled
from pipeline.run.planning import grid_of
from pipeline.train.device import arithmetic
from pipeline.train.strongest import strongest


def label_tile(source: Source, scaling: Scaling, tile: Tile, memory: str) -> dict[str, float]:
    """Put a tile's labels into the shared map (rows, columns) uint8; return seconds by stage."""
    clock, config = Clock(), Config()
    image, valid = read_scaled(source, scaling, tile.read)
    clock.lap("read")
    presegment(image, valid, config.presegment)
    clock.lap("presegment")
    network = _network(source.channels)
    clock.lap("build")
    with arithmetic(threads=1):
        inputs = widen(image, valid, network.plan.context)
        clock.lap("context")
        labels = strongest(network, inputs, valid)
    clock.lap("network")
    shared = SharedMemory(memory)
    try:
        _map(shared, source.spec.shape)[tile.write.slices(source.spec.scene)] = labels[tile.write.slices(tile.read)]
    finally:
        shared.close()
    return clock.seconds


@cache
def _network(bands: int) -> Network:
    config = Config()
    network = build(config.network, bands, seed=0, responses=config.train.start_classes).eval()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


def _map(shared: SharedMemory, shape: tuple[int, int]) -> NDArray[np.uint8]:
    return np.ndarray(shape, dtype=np.uint8, buffer=shared.buf)


def _encode(path: Path, labels: NDArray[np.uint8], source: Source, threads: int) -> None:
    rows, columns = labels.shape
    profile = {"driver": "COG", "height": rows, "width": columns, "count": 1, "dtype": "uint8", "compress": "deflate"}
    with rasterio.open(
        path, "w", **profile, crs=source.spec.crs, num_threads=threads, overview_resampling="mode"
    ) as to:
        to.write(labels, 1)


def main() -> None:
    """Read the command line, run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scene")
    parser.add_argument("rows", type=int)
    parser.add_argument("columns", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--no-halo", action="store_true", help="read each pixel once, in place of the tiles' read boxes"
    )
    chosen = parser.parse_args()
    # What the product has compiled: no run pays for that.
    keep_compiled()
    clock, config, shape = Clock(), Config(), (chosen.rows, chosen.columns)
    source = open_source(chosen.scene, config.input, Box(0, 0, *shape))
    scaling, tiles = measure_scaling([source], config.input, config.seed), config.tiles
    if chosen.no_halo:
        tiles = tiles.model_copy(update={"halo": 0})
    grid, sums = list(grid_of(shape, tiles, None)), dict[str, float]()
    shared = SharedMemory(create=True, size=chosen.rows * chosen.columns)
    try:
        with ProcessPoolExecutor(chosen.processes, mp_context=get_context("spawn")) as pool:
            tasks = [pool.submit(label_tile, source, scaling, tile, shared.name) for tile in grid]
            for task in tasks:
                for stage, seconds in task.result().items():
                    sums[stage] = sums.get(stage, 0.0) + seconds
        clock.lap("tiles")
        _encode(chosen.out, _map(shared, shape).copy(), source, chosen.processes)
        clock.lap("encode")
    finally:
        shared.close()
        shared.unlink()
    pixels = sum(tile.read.pixels for tile in grid)
    print(json.dumps({"tiles": sums, "seconds": clock.seconds, "read_pixels": pixels, "processes": chosen.processes}))


if __name__ == "__main__":
    main()
