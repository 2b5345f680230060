"""What workers are asked to do. It is imported where it is done: the process that asks does without torch."""

import time
from collections.abc import Callable
from typing import TypeVar

from pipeline.export.polygons import PolygonsJob
from pipeline.export.surveying import SurveyJob
from pipeline.jobs import LinkJob, PriorJob, TileJob
from pipeline.store.record import TileSummary
from pipeline.store.training import PriorSummary

Job = TypeVar("Job")


def train_prior(job: PriorJob) -> PriorSummary:
    """See `pipeline.prior`."""
    from pipeline import prior

    return prior.train_prior(job)


def presegment_tile(job: TileJob) -> float:
    """See `pipeline.tile`; returns seconds."""
    from pipeline import tile

    return _timed(tile.presegment_tile, job)


def label_tile(job: TileJob) -> TileSummary:
    """See `pipeline.tile`."""
    from pipeline import tile

    return tile.label_tile(job)


def link_tiles(job: LinkJob) -> float:
    """See `pipeline.tile`; returns seconds."""
    from pipeline import tile

    return _timed(tile.link_tiles, job)


def survey_box(job: SurveyJob) -> float:
    """See `pipeline.export.surveying`; returns seconds."""
    from pipeline.export import surveying

    return _timed(surveying.survey, job)


def write_polygons(job: PolygonsJob) -> float:
    """See `pipeline.export.polygons`; returns seconds."""
    from pipeline.export import polygons

    return _timed(polygons.write_polygons, job)


def _timed(function: Callable[[Job], None], job: Job) -> float:
    started = time.perf_counter()
    function(job)
    return time.perf_counter() - started
