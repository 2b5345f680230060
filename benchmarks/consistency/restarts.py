"""One scene, several seeds: do they give the same partition? (the seed chooses initial weights and patches)."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.consistency.maps import Map, make_map, strips
from pipeline.measure.contingency import Contingency
from pipeline.measure.scores import adjusted_rand

_SEEDS = range(5)


def measure_restarts(scene: Path, settings: Sequence[str], cache: Path) -> dict[str, Any]:
    """Segment a scene with every seed; return the adjusted Rand index of every two, as JSON has it."""
    maps = [make_map(scene, [*settings, f"seed={seed}"], cache / f"seed-{seed}") for seed in _SEEDS]
    pairs = [_agreement(first, second) for first, second in combinations(maps, 2)]
    return {
        "scene": scene.name,
        "code": maps[0].manifest["versions"]["code"],
        "classes": [sum(one["pixels"] > 0 for one in each.manifest["classes"]) for each in maps],
        "ari": pairs,
    }


def _agreement(first: Map, second: Map) -> float:
    contingency = Contingency(ignore=(0,))
    for one, other in strips(first, second):
        contingency.add(one, other)
    return adjusted_rand(contingency.table())
