"""One case: made from a number, tried on the program, and judged."""

import io
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.fuzzing.damage import damage
from benchmarks.fuzzing.settings import draw_settings, draw_toml
from pipeline.cluster import open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.errors import AerialsegError
from pipeline.raster.source import read
from pipeline.run.options import Options
from pipeline.run.plan import ScenePlan
from pipeline.run.planning import plan_scene
from pipeline.run.scene import segment_scene
from pipeline.run.scenes import Scene

QUICK = (
    *("cluster.workers=0", "train.threads=1", "network.wide=8", "network.narrow=8", 'output.products=["classes"]'),
    *("train.steps=2", "train.start_steps=2", "train.patches=4", "train.patch=32", "presegment.method=watershed"),
    *("output.preview=64", "tiles.size=64", "tiles.halo=24"),
)
"""The least work that goes through every stage."""

# More pixels are planned and not read.
_MOST_PIXELS, _MOST_RUN_PIXELS = 4_000_000, 40_000


@dataclass(frozen=True)
class Verdict:
    """What became of a case."""

    number: int
    kind: str
    """accepted, read, segmented; refused, and how (refused, crashed reader, hung reader, broken reader); traceback."""

    text: str = ""
    """The refusal, or the traceback."""

    files: tuple[Path, ...] = field(default=(), repr=False)
    """What the case was made of."""

    @property
    def is_finding(self) -> bool:
        """Whether the program did what it never must."""
        return self.kind == "traceback"


def try_case(number: int, seed: int, seeds: Sequence[Path], folder: Path, *, run_share: float) -> Verdict:
    """Make a case and try it; two of ten are of settings, the others of rasters, some of which are segmented.

    Args:
        number: of the case; it and the seed are all that the case follows from.
        seed: of all cases.
        seeds: valid rasters; the first is the one that settings are tried on.
        folder: for the case's files.
        run_share: share of the rasters that are segmented if they can be.
    """
    random = Random(f"{seed}/{number}")  # noqa: S311 - no secret
    files: tuple[Path, ...] = ()
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            if number % 10 < 2:  # noqa: PLR2004
                toml = folder / f"{number}.toml" if random.random() < 0.5 else None  # noqa: PLR2004
                overrides = draw_settings(random) if toml is None else []
                # Told first, so that they are there to be looked at if this process dies.
                files = (toml or folder / f"{number}.txt",)
                files[0].write_bytes(draw_toml(random) if toml else "\n".join(overrides).encode())
                config = load_config(toml, overrides)
                plan_scene(Scene("seed", str(seeds[0])), config, Options(out=folder / "out"), versions())
                return Verdict(number, "accepted", files=files)
            origin = random.choice(seeds)
            path = folder / f"{number}{origin.suffix}"
            files = (path,)
            path.write_bytes(damage(origin.read_bytes(), random))
            products = random.choice(('output.products=["classes"]', "output.products=unset"))
            plan = plan_scene(
                Scene(path.stem, str(path)),
                load_config(None, [*QUICK, products]),
                Options(out=folder / "out"),
                versions(),
            )
            return Verdict(number, _go_on(plan, wanted=random.random() < run_share), files=files)
    except AerialsegError as error:
        text = str(error)
        if not text.strip() or "\n" in text:
            return Verdict(number, "traceback", f"not one line: {text!r}", files)
        return Verdict(number, _manner(text), text, files)
    except BaseException:  # noqa: BLE001 - that is the finding
        return Verdict(number, "traceback", traceback.format_exc(), files)


def describe(counts: Counter[str]) -> str:
    """Write counts by kind in one line."""
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))


def _go_on(plan: ScenePlan, *, wanted: bool) -> str:
    pixels = plan.grid.scene.pixels
    if wanted and pixels <= _MOST_RUN_PIXELS:
        with open_cluster(plan.config.cluster, plan.workers) as executor:
            segment_scene(plan, executor)
        return "segmented"
    if pixels * plan.source.channels > _MOST_PIXELS:
        return "accepted"
    read(plan.source, plan.source.spec.scene)
    return "read"


def _manner(text: str) -> str:
    for mark, manner in (
        ("crashed the reader", "crashed reader"),
        ("did not answer within", "hung reader"),
        ("cannot be read as a raster (", "broken reader"),
    ):
        if mark in text:
            return manner
    return "refused"
