from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import rasterio

from pipeline import tile as tile_module
from pipeline.config.load import load_config
from pipeline.grid import Grid
from pipeline.jobs import LinkJob, TileJob
from pipeline.raster.open import open_source
from pipeline.raster.scaling import measure_scaling
from pipeline.stitch.overlap import contingency
from pipeline.stitch.votes import majority
from pipeline.store.link import load_agreement, load_pairs
from pipeline.store.record import load_labelled_segments, load_segments, load_summary, load_table, load_votes
from pipeline.store.work import Work
from pipeline.tile import label_tile, link_tiles, presegment_tile

CONTINUITY = (
    *("train.scope=independent", "train.loss=continuity", "train.start=random", "train.steps=3", "train.patch=64"),
    *("train.min_labels=1", "cluster.workers=0", "network.wide=16", "network.narrow=16"),
)


@pytest.fixture
def jobs(scene_file, tmp_path, quick):
    config = load_config(None, [*quick, "train.scope=independent", "tiles.size=160", "tiles.halo=32"])
    source = open_source(scene_file, config.input)
    scaling = measure_scaling([source], config.input, config.seed)
    grid = Grid(source.spec.shape, config.tiles.size, config.tiles.halo)
    work = Work(tmp_path / "work")
    return [TileJob(source, scaling, tile, config, work, None, thumbnail_step=4, run="run") for tile in grid]


def test_a_record_holds_what_the_tile_found(jobs):
    job = jobs[1]
    summary = label_tile(job)
    path = job.work.record(job.tile)
    segments, labels = load_labelled_segments(path)
    votes, table = load_votes(path), load_table(path)
    inner = segments[job.tile.write.slices(job.tile.read)]
    assert segments.shape == job.tile.read.shape
    saved = summary.seconds.pop("save")
    assert saved > 0
    assert summary == load_summary(path, job.mark)
    assert (summary.row, summary.column) == (job.tile.row, job.tile.column)
    assert summary.valid == job.tile.write.pixels == votes[:, 2].sum() == table.pixels.sum()
    assert summary.segments == segments.max()
    assert summary.labels == np.count_nonzero(table.pixels)
    assert len(summary.losses) == len(summary.label_counts) > 0
    # Only pixels of the write box vote.
    assert np.array_equal(np.bincount(votes[:, 0], weights=votes[:, 2])[1:], np.bincount(inner.ravel())[1:])
    # Descriptors are those of the image under the labels.
    with rasterio.open(job.source.path) as scene:
        image = scene.read()[:, job.tile.write.top : job.tile.write.bottom, job.tile.write.left : job.tile.write.right]
    here = labels[inner] == labels.max()
    assert table.sums[labels.max()] / here.sum() == pytest.approx(image[:, here].mean(1) / 255, abs=1e-4)


def test_votes_are_for_labels_that_can_be_matched(jobs):
    """Every vote is for a label that a segment of the write box has, so no pixel is left without a class."""
    for job in jobs:
        label_tile(job)
        path = job.work.record(job.tile)
        votes, table = load_votes(path), load_table(path)
        assert np.all(table.pixels[votes[:, 1]] > 0)


def test_with_the_continuity_loss_pixels_keep_their_labels(jobs):
    """Regions are areas of one label: the vote changes nothing, and small ones beside large ones are there."""
    job = replace(jobs[1], config=load_config(None, [*CONTINUITY]))
    label_tile(job)
    segments, labels = load_labelled_segments(job.work.record(job.tile))
    assert segments.min() > 0
    # Two regions that touch side by side differ.
    for one, other in ((segments[1:], segments[:-1]), (segments[:, 1:], segments[:, :-1])):
        border = one != other
        assert np.all(labels[one[border]] != labels[other[border]])
    votes = load_votes(job.work.record(job.tile))
    assert np.array_equal(votes[:, 1], labels[votes[:, 0]])
    assert len(np.unique(votes[:, 0])) == len(votes)


def test_a_record_is_not_made_again(jobs):
    job = jobs[0]
    first = label_tile(job)
    stamp = job.work.record(job.tile).stat().st_mtime_ns
    # How long saving took is not in what was saved.
    known = {stage: seconds for stage, seconds in first.seconds.items() if stage != "save"}
    assert label_tile(job) == replace(first, found=True, seconds=known)
    assert job.work.record(job.tile).stat().st_mtime_ns == stamp


def test_segments_made_ahead_are_those_made_at_once(jobs):
    job = jobs[0]
    presegment_tile(job)
    ahead = job.work.segments(job.tile)
    assert ahead.exists()
    label_tile(job)
    assert not ahead.exists()
    two_steps = load_segments(job.work.record(job.tile))
    job.work.record(job.tile).unlink()
    label_tile(job)
    assert np.array_equal(load_segments(job.work.record(job.tile)), two_steps)
    presegment_tile(job)
    assert not ahead.exists()


def test_a_link_tells_what_neighbours_share(jobs):
    first, second = jobs[0], jobs[1]
    for job in (first, second):
        label_tile(job)
    link_tiles(LinkJob(((first.tile, second.tile),), first.work, "run"))
    path = first.work.link(first.tile, second.tile)
    overlap = first.tile.read.overlap(second.tile.read)
    parts = [load_segments(j.work.record(j.tile))[overlap.slices(j.tile.read)] for j in (first, second)]
    pairs = load_pairs(path)
    assert len(pairs) > 3
    for one, other in pairs[:5]:
        mine, theirs = parts[0] == one, parts[1] == other
        assert 2 * np.count_nonzero(mine & theirs) >= np.count_nonzero(mine | theirs)
    assert load_agreement(path)[:, 2].sum() == overlap.pixels


def test_a_run_of_links_reads_every_record_once_and_makes_none_again(jobs, monkeypatch):
    for job in jobs:
        label_tile(job)
    tiles, work, read = [job.tile for job in jobs], jobs[0].work, []
    pairs = tuple((one, other) for one, other in pairwise(tiles) if one.read.overlap(other.read))
    load = tile_module.load_labelled_segments
    monkeypatch.setattr(tile_module, "load_labelled_segments", lambda path: (read.append(path), load(path))[1])
    link_tiles(LinkJob(pairs, work, "run"))
    assert len(pairs) > 1
    assert sorted(read) == sorted({work.record(tile) for pair in pairs for tile in pair})
    alone = [work.link(*pair).read_bytes() for pair in pairs]
    link_tiles(LinkJob(pairs, work, "run"))
    assert len(read) == len(set(read))
    for pair in pairs:
        work.link(*pair).unlink()
        link_tiles(LinkJob((pair,), work, "run"))
    assert [work.link(*pair).read_bytes() for pair in pairs] == alone


def test_seeds_follow_from_the_place(jobs):
    """Another tile, or another seed, starts from other weights."""
    summaries = [label_tile(job) for job in jobs[:2]]
    assert summaries[0].losses != summaries[1].losses


def test_majority_over_the_read_box(jobs):
    job = jobs[0]
    label_tile(job)
    segments, labels = load_labelled_segments(job.work.record(job.tile))
    assert labels[0] == 0
    assert np.all(labels[np.unique(segments[segments > 0])] > 0)
    assert np.array_equal(majority(contingency(segments, labels[segments]), len(labels)), labels)
