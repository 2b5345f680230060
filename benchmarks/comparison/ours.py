"""Ours: the product, run on the window as a user would."""

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.comparison.method import COUNTS, Outcome, Task
from benchmarks.comparison.scenes import read_band
from pipeline.cluster import open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.run import scenes
from pipeline.run.options import Options
from pipeline.run.planning import plan_scene
from pipeline.run.relabel import relabel
from pipeline.run.scene import segment_scene

# All in this process with one thread: runs are done side by side.
_HERE = ("cluster.workers=0", "cluster.device=cpu", "train.threads=1")


def run_product(task: Task, scope: str) -> list[Outcome]:
    """Segment the window once with the defaults and a scope, and merge its classes to each number of labels."""
    started, outcomes = time.process_time(), []
    config = load_config(None, [*_HERE, f"seed={task.seed}", f"train.scope={scope}", "output.classes=0"])
    with tempfile.TemporaryDirectory() as folder:
        options = Options(out=Path(folder), window=task.scene.window)
        plan = plan_scene(scenes.Scene("scene", str(task.scene.image)), config, options, versions())
        with open_cluster(config.cluster, plan.workers) as executor:
            found = segment_scene(plan, executor).classes
        seconds = time.process_time() - started
        for asked in COUNTS:
            if asked < found:
                relabel(plan.out, asked)
            labels = read_band(plan.out / "classes.tif").astype(np.uint16)
            outcomes.append(Outcome(asked, labels, seconds))
    return outcomes
