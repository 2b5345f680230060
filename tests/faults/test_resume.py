"""A run is broken off anywhere, what it left is damaged; the same command ends where an undisturbed one does."""

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pipeline.cluster import InProcess
from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.run.attended import attend
from pipeline.run.completed import completed
from pipeline.run.options import Options
from pipeline.run.plan import ScenePlan
from pipeline.run.planning import plan_scene
from pipeline.run.scene import to_the_end
from pipeline.run.scenes import Scene

TIMES = {"run.json", "run.log"}
SETTINGS = (
    *("tiles.size=160", "tiles.halo=32", "presegment.method=watershed", "train.steps=2", "train.start_steps=2"),
    'output.products=["classes", "objects", "style", "stac"]',
)


class Killed(BaseException):
    """Stands for a SIGKILL, as far as one process can tell."""


def kill_at(monkeypatch: pytest.MonkeyPatch, count: int, *, after: bool) -> None:
    """Let so many files take their names, and then kill."""
    left, replace = [count], Path.replace

    def counted(path: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0 and not after:
            raise Killed
        result = replace(path, target)
        if left[0] < 0:
            raise Killed
        return result

    monkeypatch.setattr(Path, "replace", counted)


def lasting(out: Path) -> dict[str, bytes]:
    files = {str(path.relative_to(out)): path for path in sorted(out.rglob("*")) if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name not in TIMES}


class Resuming(RuleBasedStateMachine):
    plan: ScenePlan
    expected: dict[str, bytes]

    @initialize()
    def begin(self):
        shutil.rmtree(self.plan.out, ignore_errors=True)

    @rule(count=st.integers(0, 40), after=st.booleans())
    def break_off(self, count, after):
        with pytest.MonkeyPatch.context() as patch:
            kill_at(patch, count, after=after)
            with suppress(Killed):
                self.run()

    @rule(number=st.integers(0, 99), how=st.sampled_from(["cut", "flip", "empty", "gone", "swap"]))
    def damage(self, number, how):
        work = [path for path in sorted(self.plan.work.root.rglob("*")) if path.suffix in {".zip", ".pt", ".json"}]
        if not work:
            return
        path = work[number % len(work)]
        data = bytearray(path.read_bytes())
        if how == "flip" and data:
            data[len(data) // 2] ^= 0x10
        elif how == "swap":
            # Whole, but of another tile.
            data = next(other for other in work if other.suffix == path.suffix).read_bytes()
        path.write_bytes({"cut": data[: len(data) // 2], "empty": b""}.get(how, data))
        if how == "gone":
            path.unlink()

    @rule()
    def leave_rubbish(self):
        for folder in (self.plan.out, self.plan.work.root / "tiles", self.plan.out / ".work-0123456789ab"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".classes.99999.0123abcd.tif").write_bytes(b"half")

    @rule()
    def finish(self):
        self.run()
        assert lasting(self.plan.out) == self.expected

    @invariant()
    def what_a_manifest_vouches_for_is_whole(self):
        if completed(self.plan) is not None:
            there = lasting(self.plan.out)
            assert {name: there.get(name) for name in self.expected} == self.expected

    def teardown(self):
        self.finish()

    def run(self):
        to_the_end(attend(self.plan, InProcess(), fresh=False))


def test_it_ends_where_an_undisturbed_run_does(scene_file, tmp_path, quick):
    config = load_config(None, [*quick, *SETTINGS])
    whole, plan = (
        plan_scene(Scene("a", str(scene_file)), config, Options(out=tmp_path / out), versions())
        for out in ("whole", "out")
    )
    to_the_end(attend(whole, InProcess(), fresh=False))
    machine = type("Run", (Resuming,), {"plan": plan, "expected": lasting(whole.out)})
    run_state_machine_as_test(machine, settings=settings(max_examples=8, stateful_step_count=5, deadline=None))
