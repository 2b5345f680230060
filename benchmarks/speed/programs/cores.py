"""What two cores give beyond one, whatever the program: products of matrices, and copies of memory, a process each.

    python -m benchmarks.speed.programs.cores --seconds 10

Prints as JSON how many times more of either two processes make than one, in turns, the median of the turns. Products
are bound by the cores; copies by the memory, which both share.
"""

import argparse
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median

# Three matrices fit a core's own cache; copies fit none.
_SIDE, _NUMBERS = 256, 1 << 23
_TURNS = 5


def made(kind: str, seconds: float) -> int:
    """Return how many products or copies one thread makes in so many seconds."""
    import numpy as np

    shape = (_SIDE, _SIDE) if kind == "products" else (_NUMBERS,)
    given = np.random.default_rng(0).random(shape, dtype=np.float32)
    out, count, end = np.empty_like(given), 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        if kind == "products":
            np.matmul(given, given, out=out)
        else:
            np.copyto(out, given)
        count += 1
    return count


def main() -> None:
    """Read the command line, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="in all")
    turn = parser.parse_args().seconds / (4 * _TURNS)
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        # Both are there, and have imported what they need, before anything counts.
        list(pool.map(made, ["products"] * 2, [0.2] * 2))
        found: dict[str, list[float]] = {"products": [], "copies": []}
        for kind in [*found] * _TURNS:
            alone = pool.submit(made, kind, turn).result()
            found[kind].append(sum(pool.map(made, [kind] * 2, [turn] * 2)) / alone)
    print(json.dumps({kind: median(times) for kind, times in found.items()}))


if __name__ == "__main__":
    main()
