"""What workers are asked to do. It is imported where it is done: the process that asks does without torch."""

from pipeline.export.polygons import PolygonsJob
from pipeline.export.surveying import SurveyJob
from pipeline.jobs import LinkJob, PriorJob, TileJob
from pipeline.store.record import TileSummary
from pipeline.store.training import PriorSummary


def train_prior(job: PriorJob) -> PriorSummary:
    """See `pipeline.prior`."""
    from pipeline import prior

    return prior.train_prior(job)


def presegment_tile(job: TileJob) -> None:
    """See `pipeline.tile`."""
    from pipeline import tile

    tile.presegment_tile(job)


def label_tile(job: TileJob) -> TileSummary:
    """See `pipeline.tile`."""
    from pipeline import tile

    return tile.label_tile(job)


def link_tiles(job: LinkJob) -> float:
    """See `pipeline.tile`."""
    from pipeline import tile

    return tile.link_tiles(job)


def survey_box(job: SurveyJob) -> None:
    """See `pipeline.export.surveying`."""
    from pipeline.export import surveying

    surveying.survey(job)


def write_polygons(job: PolygonsJob) -> None:
    """See `pipeline.export.polygons`."""
    from pipeline.export import polygons

    polygons.write_polygons(job)
