"""What is made from a scene's rasters of classes: objects and the outputs that a run chooses, workers helping."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from pipeline.clock import Clock
from pipeline.cluster import Executor
from pipeline.events import tell
from pipeline.export.product import Finished, Product, begun_products, make_products
from pipeline.export.vector import VECTOR, polygons_job
from pipeline.heap import release_freed_memory
from pipeline.run.handed_out import handed_out
from pipeline.run.objects import find_objects, scratch_folder, surveys_of
from pipeline.run.plan import ScenePlan
from pipeline.tasks import survey_box, write_polygons


def write_products(
    plan: ScenePlan,
    finished: Finished,
    products: Sequence[Product],
    *,
    describe: Callable[[Finished], Finished],
    draw: Callable[[], None],
    clock: Clock,
    executor: Executor,
) -> Finished:
    """Find the objects of a map and make all products.

    Args:
        plan: of the run.
        finished: the map.
        products: what is made.
        describe: adds what is known of the map, once it will not change any more.
        draw: draws the preview; called once it will not change any more, in a thread.
        clock: has the laps of the run so far.
        executor: whose workers survey the map and write polygons.

    Returns:
        The map, described and with its objects.

    Raises:
        InputError: the image or the map cannot be read.
        OutputError: something cannot be written.
    """
    tell_surveys, tell_polygons = (partial(_tell_work, plan, what) for what in ("surveys", "polygons"))
    with ExitStack() as stack:
        surveys = surveys_of(finished, products, plan.config.objects, stack.enter_context(scratch_folder(plan.out)))
        surveyed = stack.enter_context(handed_out(survey_box, surveys, executor, plan.work.root, tell_surveys))

        def with_objects(finished: Finished) -> Finished:
            objects = find_objects(finished, products, plan.config.objects, surveys, surveyed)
            # Tables, before outputs want as much.
            release_freed_memory()
            clock.lap("objects")
            return replace(finished, objects=objects)

        # Unless small objects are to join others in it, the map is what it will be.
        is_final = plan.config.objects.min_area == 0
        finished = describe(finished if is_final else with_objects(finished))
        threads = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="preview"))
        begun = stack.enter_context(begun_products(products, finished))
        drawn = threads.submit(draw)
        if is_final:
            finished = with_objects(finished)
        jobs = [polygons_job(finished)] if VECTOR in products else []
        polygons = stack.enter_context(handed_out(write_polygons, jobs, executor, plan.work.root, tell_polygons))
        finished = replace(finished, write_polygons=polygons)
        drawn.result()
        clock.lap("preview")
        make_products(products, finished, begun, lambda name: _tell_output(plan, name, clock))
    return finished


def _tell_work(plan: ScenePlan, what: str, seconds: Sequence[float]) -> None:
    """Tell what workers have done of the outputs."""
    tell(what, scene=plan.scene.name, jobs=len(seconds), seconds=round(sum(seconds), 3))


def _tell_output(plan: ScenePlan, name: str, clock: Clock) -> None:
    clock.lap(name)
    tell("output", scene=plan.scene.name, output=name, seconds=clock.seconds[name])
