"""How the training of a prior went."""

import json
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from pipeline.course import Course
from pipeline.files import sha256_of, write_text
from pipeline.meaning import Meaning
from pipeline.store.work import Work


@dataclass(frozen=True)
class PriorSummary:
    """How the training went; kept beside the prior for the manifest."""

    patches: int
    classes: int
    course: Course | None
    seconds: dict[str, float]
    attempt: int = 0
    """How many trainings diverged before this one."""

    meaning: Meaning | None = None
    """What its classes mean, as the prior itself has it; None: there is no prior, since no pixel is valid."""


def load_prior_summary(work: Work, mark: str) -> PriorSummary | None:
    """Read how the training of a prior that is there already went; None when it is not there whole, or not `mark`'s."""
    try:
        content = json.loads(work.prior_summary.read_text(encoding="utf-8"))
        summary = TypeAdapter(PriorSummary).validate_python(content["summary"])
        same = (content["mark"], content["sha256"]) == (mark, sha256_of(work.prior))
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return summary if same and summary.meaning is not None else None


def save_prior_summary(work: Work, summary: PriorSummary, mark: str) -> None:
    """Write how the training of a prior went that is there; `mark` tells of which run it is."""
    content = {"mark": mark, "sha256": sha256_of(work.prior), "summary": asdict(summary)}
    write_text(work.prior_summary, json.dumps(content))
