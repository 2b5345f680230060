"""Whether a scene's results are there already, whole and of this very plan."""

import json
from pathlib import Path
from typing import Any

from pipeline.box import Box
from pipeline.errors import OutputError
from pipeline.run.plan import ScenePlan

STAGE = ".relabel"
"""Folder in which `relabel` makes new files; one that is left was killed, maybe while it replaced old ones."""

RELABELLED = "relabelled_from"
"""Entry of a manifest: the `output.classes` of the run, where `relabel` has changed it since."""


def completed(plan: ScenePlan) -> tuple[Path, ...] | None:
    """Return the outputs of a run of this plan that came to its end; None where there was none, or one is gone.

    Where and by how many workers it was done does not matter, nor whether it was relabelled.
    """
    try:
        manifest = _manifest(plan)
        config, wanted = manifest["config"], plan.config.model_dump(mode="json", exclude={"cluster"})
        if RELABELLED in manifest and config["output"]["classes"] != wanted["output"]["classes"]:
            config["output"]["classes"] = manifest[RELABELLED]
        for told in (config, wanted):
            # A consent is no part of a result; a prior's content is in the fingerprint, wherever it lies.
            told["input"].pop("allow_remote", None)
            told["prior"].pop("file", None)
        if (manifest["fingerprint"], config) != (plan.fingerprint, wanted):
            return None
        outputs = tuple(plan.out / name for name in manifest["outputs"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return outputs if all(path.exists() for path in outputs) and not (plan.out / STAGE).exists() else None


def check_lacks(plan: ScenePlan, *, fresh: bool) -> None:
    """Refuse a scene that the machine cannot do at the moment, unless it is done already.

    Args:
        plan: of the scene.
        fresh: whether it is done again in any case.

    Raises:
        AerialsegError: what is lacking.
    """
    if plan.lacks is not None and (fresh or completed(plan) is None):
        raise plan.lacks


def describe_completed(plan: ScenePlan) -> str:
    """Say in a few words that a run of this plan came to its end, and where; it has, see `completed`."""
    manifest = _manifest(plan)
    classes, asked = manifest["config"]["output"]["classes"], plan.config.output.classes
    since = f", and relabelled since (output.classes = {classes})" if classes != asked else ""
    return f"is done already, in {plan.out}{since}"


def check_replaced(plan: ScenePlan) -> None:
    """Refuse to replace the finished result of another part of the scene; that of other settings is meant to go.

    Raises:
        OutputError: names the part that is there.
    """
    try:
        there = Box(**_manifest(plan)["scene"]["window"])
    except (OSError, ValueError, LookupError, TypeError):
        return
    if there != plan.source.window:
        raise OutputError(
            f"{plan.out}: holds a finished result of {there.shape[1]} x {there.shape[0]} px from column {there.left},"
            f" row {there.top}, another part of the scene; choose another --out, or replace it with --fresh"
        )


def remember_classes(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the entry for a manifest that is about to be relabelled."""
    return {RELABELLED: manifest.get(RELABELLED, manifest["config"]["output"]["classes"])}


def _manifest(plan: ScenePlan) -> Any:  # noqa: ANN401 - whatever the file holds
    return json.loads((plan.out / "manifest.json").read_text(encoding="utf-8"))
