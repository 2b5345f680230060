"""A worker's entry points for tiles: read, pre-segment, train or infer, vote, save; and link two neighbours."""

import os
import resource
import socket
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.clock import Clock
from pipeline.course import Course
from pipeline.device import pick_device
from pipeline.grid import Tile
from pipeline.heap import keep_freed_memory, release_freed_memory
from pipeline.jobs import LinkJob, TileJob
from pipeline.picture import thumbnail
from pipeline.presegment import presegment
from pipeline.raster.source import read_scaled
from pipeline.stitch.overlap import contingency, same_segments
from pipeline.stitch.table import describe_labels
from pipeline.stitch.votes import majority
from pipeline.store.arrays import is_there, load_marked, save_arrays
from pipeline.store.link import save_link
from pipeline.store.prior import cached_prior
from pipeline.store.record import TileRecord, TileSummary, load_labelled_segments, load_summary, save_record
from pipeline.texture import textures
from pipeline.train import adapt, infer, segment
from pipeline.train.attempts import seed_of, until_it_holds
from pipeline.train.device import arithmetic
from pipeline.train.regions import regions

# Records that are held while tiles are linked: a tile's own, those to its right and below it.
_NEAR = 3


@dataclass(frozen=True)
class _Labelled:
    labels: NDArray[np.uint16]
    course: Course | None = None
    changed: float = 0.0
    attempt: int = 0


def presegment_tile(job: TileJob) -> None:
    """Pre-segment a tile ahead of its turn, and leave the segments in the work directory."""
    ahead, done = job.work.segments(job.tile), job.work.record(job.tile)
    if load_summary(done, job.mark) is None and not is_there(ahead, job.mark):
        keep_freed_memory()
        image, valid = read_scaled(job.source, job.scaling, job.tile.read)
        segments = presegment(image, valid, job.config.presegment, job.place)
        save_arrays(ahead, {"segments": segments}, job.mark)


def label_tile(job: TileJob) -> TileSummary:
    """Label a tile and save its record; a record that is there already is not made again."""
    done = load_summary(job.work.record(job.tile), job.mark)
    if done is not None:
        return replace(done, found=True)
    keep_freed_memory()
    clock = Clock()
    image, valid = read_scaled(job.source, job.scaling, job.tile.read)
    clock.lap("read")
    segments = _segments(job, image, valid)
    clock.lap("presegment")
    with arithmetic(threads=1):
        labelled = _label(job, image, segments)
    segments = regions(labelled.labels, segments, job.config.train)
    clock.lap("label")
    record = _record(job, (image, valid), segments, labelled, clock)
    save_record(job.work.record(job.tile), record, job.mark)
    # The record cannot tell how long its own saving took; the summary that is returned can.
    clock.lap("save")
    job.work.segments(job.tile).unlink(missing_ok=True)
    return record.summary


def link_tiles(job: LinkJob) -> None:
    """Find which segments of neighbours are one, and how their labels agree, and save both tables."""

    @lru_cache(_NEAR)
    def load(tile: Tile) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        return load_labelled_segments(job.work.record(tile))

    for first, second in job.pairs:
        path, mark = job.work.link(first, second), job.mark(first, second)
        overlap = first.read.overlap(second.read)
        if overlap is None or is_there(path, mark):
            continue
        tables = []
        for tile in (first, second):
            segments, labels = load(tile)
            part = segments[overlap.slices(tile.read)]
            tables.append((part, labels[part]))
        (one, one_labels), (other, other_labels) = tables
        save_link(path, same_segments(one, other), contingency(one_labels, other_labels), mark)
    load.cache_clear()
    # With what labelling has freed; from here on the main process wants more.
    release_freed_memory()


def _segments(job: TileJob, image: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.int32]:
    ahead = load_marked(job.work.segments(job.tile), job.mark, "segments")
    if ahead is not None:
        return ahead[0]
    return presegment(image, valid, job.config.presegment, job.place, pick_device(job.config.cluster.device))


def _label(job: TileJob, image: NDArray[np.float32], segments: NDArray[np.int32]) -> _Labelled:
    if not segments.any():
        return _Labelled(np.zeros(segments.shape, dtype=np.uint16))
    device = pick_device(job.config.cluster.device)
    if job.prior is not None and job.config.train.scope == "shared":
        return _Labelled(infer(cached_prior(job.prior, device).network, image, segments > 0, device, job.place))

    def train(attempt: int) -> _Labelled:
        config, seed = job.config, seed_of(job.config.seed, job.tile.row, job.tile.column, attempt=attempt)
        if job.prior is None:
            own = segment(image, segments, config.train, config.network, levels=config.levels, seed=seed, device=device)
            return _Labelled(own.labels, own.course)
        prior = cached_prior(job.prior, device).network
        adapted = adapt(prior, image, segments, config.train, seed=seed, device=device, place=job.place)
        return _Labelled(adapted.labels, adapted.course, adapted.changed)

    labelled, attempt = until_it_holds(train, job)
    return replace(labelled, attempt=attempt)


def _record(
    job: TileJob,
    pixels: tuple[NDArray[np.float32], NDArray[np.bool_]],
    segments: NDArray[np.int32],
    labelled: _Labelled,
    clock: Clock,
) -> TileRecord:
    image, valid = pixels
    labels, course = labelled.labels, labelled.course
    tile, count = job.tile, int(segments.max(initial=0)) + 1
    inner = tile.voting.slices(tile.read)
    segment_labels = majority(contingency(segments, labels), count)
    voted = segment_labels[segments[inner]]
    pixels_of_label = np.bincount(voted.ravel())
    pixels_of_label[0] = 0
    table = None
    if job.prior is None:
        rough = textures(image, segments > 0)[:, *inner]
        table = describe_labels(image[:, *inner], rough, voted, len(pixels_of_label))
    read, write = tile.read.shifted(*job.corner), tile.voting.shifted(*job.corner)
    small = thumbnail(image, segments > 0, read, write, job.thumbnail_step)
    votes = contingency(segments[inner], labels[inner])
    if job.prior is None:
        votes = _for_own_labels(votes, segment_labels, pixels_of_label > 0)
    clock.lap("vote")
    summary = TileSummary(
        row=tile.row,
        column=tile.column,
        valid=int(np.count_nonzero(segments[inner])),
        segments=count - 1,
        labels=int(np.count_nonzero(pixels_of_label)),
        seconds=clock.seconds,
        # Kilobytes on Linux.
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        losses=course.losses if course else (),
        label_counts=course.labels if course else (),
        ended=course.ended if course else "",
        kept=course.kept if course else 0,
        changed=labelled.changed,
        worker=f"{socket.gethostname()}-{os.getpid()}",
        attempt=labelled.attempt,
    )
    return TileRecord(summary, segments, valid, segment_labels, votes, table, small)


def _for_own_labels(
    votes: NDArray[np.int64], segment_labels: NDArray[np.uint16], own: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Turn votes for labels that no segment of the write box has into votes for the segment's own label.

    Only labels with segments are matched between tiles; the odd pixel of another label has no class to vote for.
    """
    known = np.zeros(max(int(votes[:, 1].max(initial=0)), int(segment_labels.max(initial=0))) + 1, dtype=np.bool_)
    known[: len(own)] = own
    labels = np.where(known[votes[:, 1]], votes[:, 1], segment_labels[votes[:, 0]])
    return np.column_stack([votes[:, 0], labels, votes[:, 2]])
