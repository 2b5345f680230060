"""Many scenes in one run: one cluster, one scene after the other, and a bad one does not stop the rest."""

import shutil
import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from threading import Event

from pipeline.cluster import Executor, open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config import Config
from pipeline.errors import AerialsegError, InputError, OutputError, SchedulerGoneError, StoppedError
from pipeline.export.report.index import write_index
from pipeline.export.stac.collection import COLLECTION, renew_collection
from pipeline.export.stac.item import STAC
from pipeline.files import sweep
from pipeline.run.attended import log_of, run_scene
from pipeline.run.completed import check_lacks, completed
from pipeline.run.describe import announce, describe_result
from pipeline.run.interrupts import stop_wanted
from pipeline.run.lock import beside, check_free, locked
from pipeline.run.opening import open_scene
from pipeline.run.options import Options
from pipeline.run.outcome import Ledger, Outcome, Say
from pipeline.run.plan import ScenePlan
from pipeline.run.planning import plan_source
from pipeline.run.remains import Remains
from pipeline.run.scenes import Scene
from pipeline.run.shared import DatasetPlan, plan_dataset
from pipeline.run.unreadable import clear_beginnings, find_unreadable


def plan_scenes(scenes: Sequence[Scene], config: Config, options: Options) -> DatasetPlan:
    """Plan every scene by itself, or all together where they share a prior.

    Raises:
        AerialsegError: the scenes cannot share a prior.
    """
    found = versions()
    if config.prior.over == "dataset":
        return plan_dataset(scenes, config, options, found)
    plans, refused = [], {}
    for scene in scenes:
        try:
            source = open_scene(scene, config, options.window, options.bounds)
            plan = plan_source(scene, source, config, options, found)
            check_lacks(plan, fresh=options.fresh)
            plans.append(plan)
        except AerialsegError as error:
            refused[scene.name] = error
    return DatasetPlan(tuple(plans), refused)


def segment_scenes(scenes: Sequence[Scene], config: Config, options: Options, say: Say) -> list[Outcome]:
    """Plan all scenes, then segment those that can be and are not done yet; `say` takes one line at a time.

    Where scenes share a prior, a damaged one is left out as if it had not been named, and the others begin anew.

    Raises:
        AerialsegError: there is one scene alone, and it failed; or scenes cannot share a prior, or another run is at
            one of them.
        StoppedError: somebody pressed Ctrl-C; what was done is said.
    """
    ledger = Ledger(scenes, options, say)
    with stop_wanted() as stop:
        try:
            while ledger.left and ledger.goes_on:
                planned = plan_scenes(ledger.left, config, options)
                for name, error in planned.refused.items():
                    ledger.fail(name, error)
                if planned.plans:
                    _Pass(planned, options, ledger).segment(stop)
        except SchedulerGoneError as error:
            # No other scene would fare better.
            ledger.give_up(error)
        except (StoppedError, KeyboardInterrupt, SystemExit):
            ledger.close()
            raise
    _collect(ledger, config, options)
    return ledger.outcomes


class _Pass:
    """One pass over planned scenes."""

    def __init__(self, planned: DatasetPlan, options: Options, ledger: Ledger) -> None:
        self._planned, self._options, self._ledger = planned, options, ledger
        self._remains = Remains(planned, keep=options.keep_work)

    def segment(self, stop: Event) -> None:
        """Segment what is planned and not done yet, until it is to stop.

        Where scenes share a prior and some of them turn out to be damaged, these fail and all others are left.
        """
        shared = self._planned.work
        # Before anything in it is looked at, and till all that was done with it is done.
        with locked(*beside(shared)) if shared is not None else nullcontext():
            self._segment(stop)

    def _segment(self, stop: Event) -> None:
        todo = self._find_todo()
        if todo and self._ledger.goes_on:
            workers = max(plan.workers for plan in todo)
            with open_cluster(todo[0].config.cluster, workers, stop) as executor:
                for plan in todo:
                    if stop.is_set():
                        raise StoppedError
                    if not self._ledger.goes_on or not self._one(plan, executor):
                        return
        if not {plan.scene.name for plan in self._planned.plans} & self._ledger.failures.keys():
            self._remains.clear()

    def _find_todo(self) -> list[ScenePlan]:
        todo = []
        for plan in self._planned.plans:
            outputs = None if self._options.fresh else completed(plan)
            if outputs is None:
                check_free(plan.out)
                todo.append(plan)
            else:
                with suppress(OutputError), locked(plan.out):
                    # Of a run that was killed while it put this scene into the collection.
                    sweep(plan.out)
                self._ledger.say(f"{plan.scene.name}: is done already, in {plan.out}")
                self._ledger.note(Outcome(plan.scene, "done before", outputs))
                self._remains.settle(plan)
        if self._options.fresh and self._planned.work is not None:
            shutil.rmtree(self._planned.work, ignore_errors=True)
        return todo

    def _one(self, plan: ScenePlan, executor: Executor) -> bool:
        """Segment a scene; return whether the pass goes on."""
        self._ledger.say(announce(plan))
        started = time.perf_counter()
        try:
            result = run_scene(plan, executor, fresh=self._options.fresh)
        except SchedulerGoneError:
            raise
        except (StoppedError, KeyboardInterrupt, SystemExit):
            self._ledger.note(Outcome(plan.scene, "interrupted", seconds=time.perf_counter() - started))
            raise
        except AerialsegError as error:
            shared = self._planned.work is not None and isinstance(error, InputError)
            damaged = find_unreadable(self._planned.plans) if shared else {}
            if damaged:
                self._remains.clear()
                self._ledger.forget(plan.scene.name for plan in self._planned.plans)
                for name, why in damaged.items():
                    self._ledger.fail(name, why)
                return False
            if isinstance(error, InputError):
                clear_beginnings(plan)
            self._ledger.fail(plan.scene.name, error, time.perf_counter() - started)
            return True
        except Exception as error:
            if self._ledger.alone:
                raise
            # One of our own mistakes, and no reason to leave the other scenes undone.
            said = " ".join(f"{type(error).__name__}: {error}".split())
            bug = f"{plan.scene.path}: a bug of this program ({said}); its traceback is in {log_of(plan)}, report it"
            self._ledger.fail(plan.scene.name, AerialsegError(bug), time.perf_counter() - started)
            return True
        seconds = time.perf_counter() - started
        self._ledger.say(describe_result(plan, result, seconds))
        self._ledger.note(Outcome(plan.scene, "done", result.outputs, seconds))
        self._remains.settle(plan)
        return True


def _collect(ledger: Ledger, config: Config, options: Options) -> None:
    """Write what is of all scenes together; they are done, whether that can be written or not."""
    done, out = ledger.count("done", "done before"), options.out
    try:
        if STAC in config.output.products and renew_collection(out, found=done > 1):
            ledger.say(f"{out / COLLECTION}: the scenes of {out} as a STAC collection")
    except (InputError, OutputError) as error:
        ledger.say(str(error))
    ledger.close()
    if not ledger.alone and "report" in config.output.products:
        try:
            ledger.say(f"all reports: {write_index(out, ledger.failures)}")
        except OutputError as error:
            ledger.say(str(error))
