"""An evaluation as JSON for programs."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.files import write_text
from pipeline.measure.summary import mean_figures
from pipeline.run.evaluate import Evaluation, Measuring


def write_json(path: Path, evaluation: Evaluation, measuring: Measuring) -> None:
    """Write an evaluation as JSON, whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    write_text(path, json.dumps(to_json(evaluation, measuring), indent=1) + "\n")


def to_json(evaluation: Evaluation, measuring: Measuring) -> dict[str, Any]:
    """Return an evaluation as plain numbers, texts and lists; figures that do not exist are null."""
    content = {
        "tolerance": measuring.tolerance,
        "unit": evaluation.unit,
        "ignore": list(measuring.ignore),
        "class_names": {str(value): name for value, name in evaluation.compared[0].names.items()},
        "maps": [{**asdict(one.pair), **asdict(one.summary)} for one in evaluation.compared],
        "mean": mean_figures([one.summary for one in evaluation.compared]),
        "pooled": asdict(evaluation.summary),
    }
    plain: dict[str, Any] = _without_nan(content)
    return plain


def _without_nan(content: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(content, dict):
        return {key: _without_nan(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_nan(value) for value in content]
    return None if isinstance(content, float) and math.isnan(content) else content
