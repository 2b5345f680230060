"""A worker's entry point for the shared scope: train one network on a sample of whole scenes, and freeze it."""

import numpy as np
from numpy.typing import NDArray

from pipeline.clock import Clock
from pipeline.context import widen
from pipeline.course import Course
from pipeline.device import pick_device
from pipeline.files import write_text
from pipeline.heap import release_freed_memory
from pipeline.jobs import PriorJob
from pipeline.meaning import Meaning
from pipeline.net import Network, build
from pipeline.netplan import plan_network
from pipeline.patches import Patch, draw_patches, side_by_side
from pipeline.stitch.classes import describe_classes
from pipeline.stitch.table import add_tables, describe_images
from pipeline.stitch.tree import grow, projected
from pipeline.store.prior import Prior, save_prior
from pipeline.store.training import PriorSummary, save_prior_summary
from pipeline.train import Clusters, find_clusters, infer, make_pool, train_network
from pipeline.train.attempts import seed_of, until_it_holds
from pipeline.train.device import arithmetic
from pipeline.train.frugal import give_back_memory
from pipeline.train.regions import vote

# Seed of the sample that classes are found and described in: it is the same for every restart, which trains on patches
# of its own.
_FIXED = 0


def train_prior(job: PriorJob) -> PriorSummary:
    """Train on patches over the scenes, freeze, order classes by area, and save `prior.pt`.

    Scenes without any valid pixel give a summary of no patches, and no file.
    """
    try:
        return _learn(job)
    finally:
        # Patches and activations, which the worker's tiles have no use for.
        release_freed_memory()
        give_back_memory()


def _learn(job: PriorJob) -> PriorSummary:
    clock = Clock()
    with arithmetic(job.config.train.threads):
        fixed = _draw(job, _FIXED)
        own = fixed if job.config.seed == _FIXED else _draw(job, job.config.seed)
        clock.lap("sample")
        if not fixed or not own:
            return PriorSummary(0, 0, None, clock.seconds)
        clusters = _clusters(job, fixed, plan_network(job.config.network, len(fixed[0].image)).responses)
        clock.lap("cluster")
        (network, course), attempt = until_it_holds(lambda attempt: _train(job, own, clusters, attempt), job)
        meaning = _classes(job, network, fixed, clusters)
        save_prior(job.work.prior, Prior(network, job.config.network, meaning))
    clock.lap("train")
    summary = PriorSummary(len(own), len(meaning.names), course, clock.seconds, attempt, meaning)
    save_prior_summary(job.work, summary, job.mark)
    return summary


def _draw(job: PriorJob, seed: int) -> list[Patch]:
    return draw_patches(job.sources, job.scaling, job.config, seed)


def _clusters(job: PriorJob, patches: list[Patch], most: int) -> Clusters | None:
    if job.config.train.start == "random":
        return None
    return find_clusters(patches, job.config.train, job.config.levels, most)


def _train(job: PriorJob, own: list[Patch], clusters: Clusters | None, attempt: int) -> tuple[Network, Course]:
    config, device = job.config, pick_device(job.config.cluster.device)
    seed = seed_of(config.seed, attempt=attempt) if attempt else config.seed
    network = build(config.network, len(own[0].image), seed=seed)
    pool = make_pool(
        [
            (widen(patch.image, patch.segments > 0, network.plan.context)[:, *patch.core], patch.segments[patch.core])
            for patch in own
        ],
        None if clusters is None else [clusters.assign(patch)[patch.core] for patch in own],
    )

    def report(steps: int) -> None:
        write_text(job.work.prior_steps, str(steps), durable=False)

    course = train_network(network, pool, config.train, seed=seed, device=device, on_step=report)
    if clusters is not None:
        # Responses that nothing was learnt for have no place in the tree of what was.
        network.keep(list(range(len(clusters.tree))))
    return network, course


def _classes(job: PriorJob, network: Network, patches: list[Patch], clusters: Clusters | None) -> Meaning:
    """Drop the responses that too few of the sample's pixels have, order the rest by area, describe and merge them."""
    device, length = pick_device(job.config.cluster.device), network.plan.responses + 1

    def label(patch: Patch) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint16]]:
        labels = infer(network, patch.image, patch.segments > 0, device)
        return patch.image, patch.textures, vote(labels, patch.segments, job.config.train)

    table = describe_images(side_by_side(label, patches), length, len(patches[0].image))
    pixels, total = table.pixels, int(table.pixels.sum())
    # Whatever the share that counts, the largest class stays.
    least = min(job.config.train.label_share * total, int(pixels.max()) - 1)
    order = [int(label) for label in np.argsort(-pixels, kind="stable") if pixels[label] > least]
    network.keep([label - 1 for label in order])
    numbers = np.zeros(len(pixels), dtype=np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    table = add_tables([(table, numbers)], len(order) + 1, table.sums.shape[1])
    classes = describe_classes(table)
    shares = tuple((table.pixels[1:] / total).tolist())
    tree = grow(table, job.config.levels) if clusters is None else projected(clusters.tree, numbers, shares)
    return Meaning(
        bands=job.sources[0].bands,
        channels=table.sums.shape[1],
        low=tuple(job.scaling.low),
        high=tuple(job.scaling.high),
        names=classes.names,
        colours=classes.colours,
        roughness=classes.roughness or (),
        shares=shares,
        merges=tree.merges,
    )
