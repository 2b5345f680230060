"""A worker's entry point for the shared scope: train one network on a sample of whole scenes, and freeze it."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from pipeline.clock import Clock
from pipeline.config import Config
from pipeline.files import write_text
from pipeline.image import gradient, scale
from pipeline.net import Network, build
from pipeline.presegment import presegment
from pipeline.raster.sample import sample_windows
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import Source
from pipeline.stitch.classes import describe_classes
from pipeline.stitch.overlap import contingency
from pipeline.stitch.table import LabelTable, add_tables, describe_labels
from pipeline.stitch.tree import grow
from pipeline.stitch.votes import majority
from pipeline.store.prior import Meaning, Prior, save_prior
from pipeline.store.work import Work
from pipeline.train import Course, infer, make_pool, train_network
from pipeline.train.device import arithmetic, pick_device
from pipeline.train.regions import regions

# Patches are pre-segmented with this much of their surroundings, so that segments are not cut at a patch's edge.
_MARGIN = 32

Patch = tuple[NDArray[np.float32], NDArray[np.int32]]


@dataclass(frozen=True)
class PriorJob:
    """All that a worker needs to train the prior."""

    sources: tuple[Source, ...]
    """What the sample is drawn from: one scene, or all of a data set."""

    scaling: Scaling
    config: Config
    work: Work


@dataclass(frozen=True)
class PriorSummary:
    """How the training went; kept beside the prior for the manifest."""

    patches: int
    classes: int
    course: Course | None
    seconds: dict[str, float]


def load_prior_summary(work: Work) -> PriorSummary | None:
    """Read how the training of a prior that is there already went; None when it is not there whole."""
    try:
        values = json.loads(work.prior_summary.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return TypeAdapter(PriorSummary).validate_python(values) if work.prior.exists() else None


def train_prior(job: PriorJob) -> PriorSummary:
    """Train on patches over the scenes, freeze, order classes by area, and save `prior.pt`.

    Scenes without any valid pixel give a summary of no patches, and no file.
    """
    clock = Clock()
    with arithmetic(job.config.train.threads):
        patches = _sample(job)
        clock.lap("sample")
        if not patches:
            return PriorSummary(0, 0, None, clock.seconds)
        network, course = _train(job, patches)
        meaning = _classes(job, network, patches)
        save_prior(job.work.prior, Prior(network, job.config.network, meaning))
    clock.lap("train")
    summary = PriorSummary(len(patches), len(meaning.names), course, clock.seconds)
    write_text(job.work.prior_summary, json.dumps(asdict(summary)))
    return summary


def _sample(job: PriorJob) -> list[Patch]:
    side, scaling = job.config.train.patch, job.scaling
    whole, inner = [], []
    for _, raw, valid in sample_windows(job.sources, side + 2 * _MARGIN, job.config.train.patches, job.config.seed):
        image = scale(raw, valid, scaling.low, scaling.high)
        segments = presegment(image, valid, job.config.presegment)
        whole.append((image, segments))
        rows, columns = (slice(max(length - side, 0) // 2, None) for length in segments.shape)
        core = (image[:, rows, columns][:, :side, :side], segments[rows, columns][:side, :side])
        if core[1].any():
            inner.append(core)
    # In sparse scenes all that is valid may lie in the margins.
    return inner or whole


def _train(job: PriorJob, patches: list[Patch]) -> tuple[Network, Course]:
    config, device = job.config, pick_device(job.config.cluster.device)
    pool = make_pool(patches)
    network = build(config.network, patches[0][0].shape[0], seed=config.seed)

    def report(steps: int) -> None:
        write_text(job.work.prior_steps, str(steps), durable=False)

    return network, train_network(network, pool, config.train, seed=config.seed, device=device, on_step=report)


def _classes(job: PriorJob, network: Network, patches: list[Patch]) -> Meaning:
    """Drop the responses that too few of the sample's pixels have, order the rest by area, describe and merge them."""
    device = pick_device(job.config.cluster.device)
    length, bands = network.responses + 1, patches[0][0].shape[0]

    def described() -> Iterator[tuple[LabelTable, NDArray[np.int64]]]:
        for image, segments in patches:
            labels = infer(network, image, segments > 0, device)
            voters = regions(labels, segments, job.config.train)
            voted = majority(contingency(voters, labels), int(voters.max()) + 1)[voters]
            yield describe_labels(image, gradient(image, segments > 0), voted, length), np.arange(length)

    table = add_tables(described(), length, bands)
    pixels, total = table.pixels, int(table.pixels.sum())
    least = job.config.train.label_share * total
    order = [int(label) for label in np.argsort(-pixels, kind="stable") if pixels[label] > least]
    network.keep([label - 1 for label in order])
    numbers = np.zeros(length, dtype=np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    table = add_tables([(table, numbers)], len(order) + 1, bands)
    classes = describe_classes(table.sums[1:], table.pixels[1:])
    return Meaning(
        bands=job.sources[0].bands,
        channels=bands,
        low=tuple(job.scaling.low),
        high=tuple(job.scaling.high),
        names=classes.names,
        colours=classes.colours,
        shares=tuple((table.pixels[1:] / total).tolist()),
        merges=grow(table, job.config.levels).merges,
    )
