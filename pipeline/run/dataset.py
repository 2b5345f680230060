"""Many scenes in one run: planned, segmented, and told of; a bad one does not stop the rest."""

from collections.abc import Sequence

from pipeline.cluster.fitness import versions
from pipeline.cluster.places import gpu_names
from pipeline.config import Config
from pipeline.errors import AerialsegError, InputError, OutputError, SchedulerGoneError, StoppedError
from pipeline.export.catalogue import find_products
from pipeline.export.report.index import write_index
from pipeline.export.stac.collection import COLLECTION, renew_collection
from pipeline.export.stac.item import STAC
from pipeline.run.completed import check_lacks
from pipeline.run.interrupts import stop_wanted
from pipeline.run.opening import open_scene
from pipeline.run.options import Options
from pipeline.run.outcome import Ledger, Outcome, Say
from pipeline.run.passage import Passage
from pipeline.run.planning import plan_source
from pipeline.run.scenes import Scene
from pipeline.run.shared import DatasetPlan, plan_dataset


def plan_scenes(scenes: Sequence[Scene], config: Config, options: Options) -> DatasetPlan:
    """Plan every scene by itself, or all together where they share a prior.

    Raises:
        AerialsegError: the scenes cannot share a prior, or no scene can be done with these settings.
    """
    _check_request(config)
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


def _check_request(config: Config) -> None:
    """Refuse what no scene can be done with, once and not for each of them."""
    find_products(config.output.products)
    gpu_names(config.cluster)


def segment_scenes(scenes: Sequence[Scene], config: Config, options: Options, say: Say) -> list[Outcome]:
    """Plan all scenes, then segment those that can be and are not done yet; `say` takes one line at a time.

    Where scenes share a prior, a damaged one is left out as if it had not been named, and the others begin anew.

    Raises:
        AerialsegError: there is one scene alone, and it failed; or no scene can be done with these settings, scenes
            cannot share a prior, or another run is at one of them.
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
                    Passage(planned, options, ledger).segment(stop)
        except SchedulerGoneError as error:
            # No other scene would fare better.
            ledger.give_up(error)
        except (StoppedError, KeyboardInterrupt, SystemExit):
            ledger.close()
            raise
    _collect(ledger, config, options)
    return ledger.outcomes


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
