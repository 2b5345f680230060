"""Tiles are pre-segmented while the prior is trained, which keeps one worker busy."""

from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from pipeline.cluster import Executor, Stage
from pipeline.jobs import TileJob
from pipeline.run.background import in_background
from pipeline.tile import presegment_tile


@contextmanager
def presegmenting(jobs: Sequence[TileJob], executor: Executor, work: Path) -> Iterator[None]:
    """Pre-segment tiles for as long as the block runs, in their order, on workers that have nothing else to do.

    Args:
        jobs: what tiles are to be labelled by, but for the prior, which pre-segments do not follow from.
        executor: where.
        work: a folder that all workers can write to.
    """
    if not executor.elsewhere:
        yield
        return
    ended = Event()
    stage = Stage(presegment_tile, wants="cpu")
    aside = in_background(lambda: executor.meanwhile(stage, jobs, work, ended))
    try:
        yield
    finally:
        ended.set()
        wait([aside])
