"""What two cores give beyond one where nothing is shared but the processor: products of matrices, a process each.

    python -m benchmarks.speed.programs.cores --seconds 10

Prints as JSON how many times more products two processes make than one, in turns, the median of the turns.
"""

import argparse
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median

# Three of them fit a core's own cache.
_SIDE = 384
_TURNS = 5


def products(seconds: float) -> int:
    """Return how many products one thread makes in so many seconds."""
    import numpy as np

    matrix = np.random.default_rng(0).random((_SIDE, _SIDE), dtype=np.float32)
    out, made, end = np.empty_like(matrix), 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        np.matmul(matrix, matrix, out=out)
        made += 1
    return made


def main() -> None:
    """Read the command line, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="in all")
    turn = parser.parse_args().seconds / (2 * _TURNS)
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        # Both are there, and have imported what they need, before anything counts.
        list(pool.map(products, [0.2, 0.2]))
        found = []
        for _ in range(_TURNS):
            alone = pool.submit(products, turn).result()
            found.append(sum(pool.map(products, [turn, turn])) / alone)
    print(json.dumps({"scaling": median(found)}))


if __name__ == "__main__":
    main()
