"""What became of the scenes of a run: one line each as it happens, a table, and summary.json."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import AerialsegError, OutputError
from pipeline.files import sweep, write_json
from pipeline.run.options import Options
from pipeline.run.scenes import Scene

SUMMARY = "summary.json"
"""Name of the file, in the folder that scenes' folders lie in."""

_HOUR = 3600.0

Status = Literal["done", "done before", "failed", "interrupted", "not begun"]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What became of one scene."""

    scene: Scene
    status: Status
    outputs: tuple[Path, ...] = ()
    seconds: float = 0.0
    reason: str | None = None
    """Why it failed, in one sentence."""


class Ledger:
    """What became of every scene so far; of several there is a summary.json, renewed with each."""

    def __init__(self, scenes: Sequence[Scene], options: Options, say: Say) -> None:
        """Begin with nothing done.

        Args:
            scenes: of the run.
            options: where outputs go, and how many failures are too many.
            say: takes one line for whoever looks on.
        """
        self._scenes, self._options, self.say = scenes, options, say
        self._outcomes: dict[str, Outcome] = {}
        # Others may be writing there.
        sweep(options.out, older_than=_HOUR)

    @property
    def alone(self) -> bool:
        """Whether there is one scene alone, whose failure is that of the run."""
        return len(self._scenes) == 1

    @property
    def outcomes(self) -> list[Outcome]:
        """All, in the order of the scenes."""
        return [self._outcomes.get(scene.name, Outcome(scene, "not begun")) for scene in self._scenes]

    @property
    def failures(self) -> dict[str, str]:
        """By name, why scenes have failed."""
        return {outcome.scene.name: outcome.reason for outcome in self.outcomes if outcome.reason is not None}

    @property
    def left(self) -> list[Scene]:
        """Scenes that nothing has become of."""
        return [scene for scene in self._scenes if scene.name not in self._outcomes]

    @property
    def goes_on(self) -> bool:
        """Whether fewer scenes have failed than are too many."""
        most = self._options.max_failures
        return most is None or self.count("failed") < most

    def count(self, *statuses: Status) -> int:
        """Return the number of scenes that are so."""
        return sum(outcome.status in statuses for outcome in self.outcomes)

    def note(self, outcome: Outcome) -> None:
        """Note what became of a scene."""
        self._outcomes[outcome.scene.name] = outcome
        if not self.alone:
            self._write()

    def fail(self, name: str, error: AerialsegError, seconds: float = 0.0) -> None:
        """Note why a scene failed.

        Raises:
            AerialsegError: it is the only one.
        """
        if self.alone:
            raise error
        self.say(f"{name}: {error}")
        scene = next(scene for scene in self._scenes if scene.name == name)
        self.note(Outcome(scene, "failed", (), seconds, str(error)))

    def forget(self, names: Iterable[str]) -> None:
        """Take back what became of some scenes, which begin anew."""
        for name in names:
            self._outcomes.pop(name, None)

    def give_up(self, error: AerialsegError) -> None:
        """Fail all that is left, for a reason that would be that of every other scene."""
        for scene in self.left:
            self.fail(scene.name, error)

    def close(self) -> None:
        """Say in the end what became of all."""
        if not self.alone:
            self._write()
            self.say(table_of(self.outcomes))

    def _write(self) -> None:
        try:
            _check_ours(self._options.out / SUMMARY)
            write_summary(self._options.out, self.outcomes)
        except OutputError as error:
            # It is about the scenes, and no reason to give one up.
            self.say(str(error))


def _check_ours(path: Path) -> None:
    """Refuse to write over a file of another program."""
    try:
        ours = {"counts", "scenes"} <= json.loads(path.read_text(encoding="utf-8")).keys()
    except OSError:
        # Whoever writes it will tell.
        return
    except (ValueError, AttributeError):
        ours = False
    if not ours:
        raise OutputError(f"{path}: is a file of another program; move it, or choose another --out")


def table_of(outcomes: Sequence[Outcome]) -> str:
    """Return a line for each scene, and how many are done."""
    names = max(len(outcome.scene.name) for outcome in outcomes)
    statuses = max(len(outcome.status) for outcome in outcomes)
    lines = [
        f"{outcome.scene.name:{names}}  {outcome.status:{statuses}}  {outcome.seconds:7.1f} s"
        + (f"  {outcome.reason}" if outcome.reason else "")
        for outcome in outcomes
    ]
    counts = Counter(outcome.status for outcome in outcomes)
    done = counts.pop("done", 0) + counts.pop("done before", 0)
    rest = "".join(f", {count} {status}" for status, count in counts.items())
    return "\n".join([*lines, f"{done} of {len(outcomes)} scenes done{rest}"])


def write_summary(out: Path, outcomes: Sequence[Outcome]) -> None:
    """Write summary.json.

    Raises:
        OutputError: it cannot be written.
    """
    scenes = [
        {
            "scene": outcome.scene.name,
            "path": outcome.scene.path,
            "status": outcome.status,
            "seconds": round(outcome.seconds, 3),
            "reason": outcome.reason,
        }
        for outcome in outcomes
    ]
    write_json(out / SUMMARY, {"counts": Counter(outcome.status for outcome in outcomes), "scenes": scenes})
