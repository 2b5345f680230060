"""One pass over planned scenes: those that are not done yet are segmented, and what becomes of each is noted."""

import shutil
from contextlib import nullcontext, suppress
from threading import Event, Thread

from pipeline.cluster import open_cluster
from pipeline.errors import AerialsegError, InputError, OutputError, SchedulerGoneError, StoppedError
from pipeline.export.catalogue import find_products
from pipeline.export.numbering import load_compiled
from pipeline.files import sweep
from pipeline.run.attended import attend, log_of, sweep_work
from pipeline.run.begun import Begun
from pipeline.run.completed import completed, describe_completed
from pipeline.run.describe import announce, describe_result
from pipeline.run.flow import Flow
from pipeline.run.interrupts import Halt
from pipeline.run.lock import beside, check_free, locked
from pipeline.run.objects import are_wanted
from pipeline.run.options import Options
from pipeline.run.outcome import Ledger, Outcome
from pipeline.run.plan import ScenePlan
from pipeline.run.remains import Remains
from pipeline.run.shared import DatasetPlan
from pipeline.run.unreadable import clear_beginnings, find_unreadable
from pipeline.run.workers import crew_for


class Passage:
    """One pass over planned scenes, with one cluster."""

    def __init__(self, planned: DatasetPlan, options: Options, ledger: Ledger) -> None:
        self._planned, self._options, self._ledger = planned, options, ledger
        self._remains = Remains(planned, keep=options.keep_work)
        self._damaged: dict[str, InputError] = {}

    def segment(self, stop: Event) -> None:
        """Segment what is planned and not done yet, until it is to stop.

        Where scenes share a prior and some of them turn out to be damaged, these fail and all others are left.
        """
        shared = self._planned.work
        # Before anything in it is looked at, and till all that was done with it is done.
        with locked(*beside(shared)) if shared is not None else nullcontext():
            todo = self._find_todo()
            if todo and self._ledger.goes_on:
                self._segment(todo, stop)
            if self._damaged:
                self._begin_anew()
            elif not {plan.scene.name for plan in self._planned.plans} & self._ledger.failures.keys():
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
                    # Of a run that was killed after its last output: while it removed what it had worked with, or put
                    # this scene into the collection.
                    sweep(plan.out)
                    if not plan.keep_work:
                        shutil.rmtree(plan.work.root, ignore_errors=True)
                self._ledger.say(f"{plan.scene.name}: {describe_completed(plan)}")
                self._ledger.note(Outcome(plan.scene, "done before", outputs))
                self._remains.settle(plan)
        if self._planned.work is not None:
            if self._options.fresh:
                shutil.rmtree(self._planned.work, ignore_errors=True)
            sweep_work(self._planned.work)
        return todo

    def _segment(self, todo: list[ScenePlan], stop: Event) -> None:
        (cluster, workers), fresh = crew_for(todo), self._options.fresh
        flow = Flow(
            todo,
            workers,
            stop,
            lambda plan, executor: attend(plan, executor, fresh=fresh),
            lambda plan: self._ledger.say(announce(plan)),
        )
        first = todo[0].config
        if workers and are_wanted(find_products(first.output.products), first.objects):
            # While they start.
            Thread(target=load_compiled, daemon=True).start()
        try:
            with (
                flow,
                open_cluster(cluster, workers, flow.halt) as executor,
                flow.through(executor) as scenes,
            ):
                for begun in scenes:
                    self._finish(begun, flow.halt)
                    if self._damaged or not self._ledger.goes_on:
                        break
        except SchedulerGoneError:
            raise
        except (StoppedError, KeyboardInterrupt, SystemExit):
            self._note_interrupted(flow)
            raise
        if not self._damaged:
            # Too many had failed by then.
            self._note_interrupted(flow)

    def _note_interrupted(self, flow: Flow) -> None:
        undecided = self._ledger.left
        for begun in flow.left:
            if begun.plan.scene in undecided:
                self._ledger.note(Outcome(begun.plan.scene, "interrupted", seconds=begun.seconds))

    def _finish(self, begun: Begun, halt: Halt) -> None:
        """Do a scene's last step, and note what became of it."""
        plan, name = begun.plan, begun.plan.scene.name
        try:
            result = begun.finish(halt)
        except (SchedulerGoneError, StoppedError):
            raise
        except AerialsegError as error:
            if self._planned.work is not None and isinstance(error, InputError):
                self._damaged = find_unreadable(self._planned.plans)
            if self._damaged:
                return
            if isinstance(error, InputError):
                clear_beginnings(plan)
            self._ledger.fail(name, error, begun.seconds)
        except Exception as error:
            if self._ledger.alone:
                raise
            # One of our own mistakes, and no reason to leave the other scenes undone.
            said = " ".join(f"{type(error).__name__}: {error}".split())
            bug = f"{plan.scene.path}: a bug of this program ({said}); its traceback is in {log_of(plan)}, report it"
            self._ledger.fail(name, AerialsegError(bug), begun.seconds)
        else:
            self._ledger.say(describe_result(plan, result, begun.seconds))
            self._ledger.note(Outcome(plan.scene, "done", result.outputs, begun.seconds))
            self._remains.settle(plan)

    def _begin_anew(self) -> None:
        self._remains.clear()
        self._ledger.forget(plan.scene.name for plan in self._planned.plans)
        for name, why in self._damaged.items():
            self._ledger.fail(name, why)
