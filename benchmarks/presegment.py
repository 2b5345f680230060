"""Pre-segmentation on one core and on two threads, beside scikit-image's.

    python benchmarks/presegment.py SCENE [--method felzenszwalb] [--side 1280] [--rounds 3]

Takes the middle of the scene. Seconds of one core are CPU seconds, the best of all rounds; ours and theirs take turns.
"""

import argparse
import threading
import time
import tracemalloc
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.config.presegment import FelzenszwalbConfig, SlicConfig
from pipeline.presegment import presegment

CONFIGS: dict[str, FelzenszwalbConfig | SlicConfig] = {"felzenszwalb": FelzenszwalbConfig(), "slic": SlicConfig()}


@dataclass(frozen=True)
class Figures:
    """What pre-segmentation of one image costs."""

    ours: float
    """CPU seconds a megapixel."""

    theirs: float
    """Those of scikit-image, of the same method and settings."""

    threads: float
    """How many times faster two images are done by two threads than one after the other; 2 at best."""

    memory: float
    """Bytes a pixel at the peak, beside the image and its mask."""


def measure(image: NDArray[np.float32], method: str = "felzenszwalb", rounds: int = 3) -> Figures:
    """Pre-segment an image (3, h, w) of 0..1 in all ways."""
    valid = np.ones(image.shape[1:], np.bool_)
    config, size = CONFIGS[method], valid.size

    def ours() -> None:
        presegment(image, valid, config)

    # Compiled, or read from the cache, before anything is timed.
    ours()
    times = [
        (_seconds(ours, time.process_time), _seconds(lambda: _theirs(image, method), time.process_time))
        for _ in range(rounds)
    ]
    own, other = (min(column) / size * 1e6 for column in zip(*times, strict=True))
    one = min(_seconds(lambda: _all([ours, ours], at_once=False), time.perf_counter) for _ in range(rounds))
    two = min(_seconds(lambda: _all([ours, ours], at_once=True), time.perf_counter) for _ in range(rounds))
    tracemalloc.start()
    ours()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Figures(own, other, one / two, peak / size)


def _theirs(image: NDArray[np.float32], method: str) -> None:
    from skimage import segmentation

    pixels = np.moveaxis(image, 0, -1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if method == "felzenszwalb":
            config = FelzenszwalbConfig()
            segmentation.felzenszwalb(pixels, config.scale, config.sigma, config.min_size)
        else:
            slic = SlicConfig()
            count = round(slic.n_segments * pixels[..., 0].size / 1e6)
            segmentation.slic(pixels, count, slic.compactness, max_num_iter=slic.iterations)


def _all(works: Sequence[Callable[[], None]], *, at_once: bool) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
        if not at_once:
            thread.join()
    for thread in threads:
        thread.join()


def _seconds(work: Callable[[], None], clock: Callable[[], float]) -> float:
    started = clock()
    work()
    return clock() - started


def main() -> None:
    """Measure and print."""
    import rasterio

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scene", type=Path)
    parser.add_argument("--method", choices=CONFIGS, default="felzenszwalb")
    parser.add_argument("--side", type=int, default=1280)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with rasterio.open(arguments.scene) as source:
        side = min(arguments.side, source.height, source.width)
        top, left = (source.height - side) // 2, (source.width - side) // 2
        raw = source.read([1, 2, 3], window=((top, top + side), (left, left + side)))
    figures = measure(raw.astype(np.float32) / 255, arguments.method, arguments.rounds)
    print(f"{arguments.method}, {side} x {side} px of {arguments.scene.name}")
    print(f"CPU seconds a megapixel: {figures.ours:.3f}; scikit-image's {figures.theirs:.3f}")
    print(f"times faster than scikit-image's: {figures.theirs / figures.ours:.1f}")
    print(f"times faster on two threads than on one: {figures.threads:.2f}")
    print(f"bytes a pixel: {figures.memory:.0f}")


if __name__ == "__main__":
    main()
