import json

import numpy as np
import pytest
import rasterio

from pipeline.config.load import load_config
from pipeline.jobs import PriorJob
from pipeline.netplan import plan_network
from pipeline.prior import train_prior
from pipeline.raster.open import open_source
from pipeline.raster.scaling import measure_scaling
from pipeline.store.prior import load_prior
from pipeline.store.training import load_prior_summary
from pipeline.store.work import Work


@pytest.fixture
def job(scene_file, tmp_path, quick):
    return _job(scene_file, tmp_path / "work", quick)


def _job(path, root, settings):
    config = load_config(None, settings)
    source = open_source(path, config.input)
    root.mkdir()
    return PriorJob((source,), measure_scaling([source], config.input, config.seed), config, Work(root), "run")


def test_the_prior_means_something(job):
    summary = train_prior(job)
    prior = load_prior(job.work.prior)
    meaning = prior.meaning
    assert summary.patches == 8
    assert summary.classes == len(meaning.names) == len(meaning.colours) == prior.network.plan.responses >= 2
    assert meaning.bands == (1, 2, 3)
    assert (meaning.low, meaning.high) == ((0.0,) * 3, (255.0,) * 3)
    assert sum(meaning.shares) == pytest.approx(1, abs=0.1)
    # Largest first.
    assert list(meaning.shares) == sorted(meaning.shares, reverse=True)
    assert not prior.network.training


def test_its_summary_is_kept(job):
    assert load_prior_summary(job.work, "run") is None
    summary = train_prior(job)
    assert load_prior_summary(job.work, "run") == summary
    steps = int(job.work.prior_steps.read_text())
    assert steps == job.config.train.start_steps + len(summary.course.losses)
    assert load_prior_summary(job.work, "another run") is None
    content = bytearray(job.work.prior.read_bytes())
    content[len(content) // 2] ^= 1
    job.work.prior.write_bytes(content)
    assert load_prior_summary(job.work, "run") is None
    job.work.prior.unlink()
    assert load_prior_summary(job.work, "run") is None


def test_rare_responses_are_dropped(scene_file, tmp_path, quick):
    few = train_prior(_job(scene_file, tmp_path / "few", [*quick, "train.label_share=0.1"]))
    shares = load_prior(tmp_path / "few/prior.pt").meaning.shares
    assert 1 <= few.classes == len(shares) <= 10
    assert min(shares) > 0.1


def test_the_same_job_gives_the_same_bytes(scene_file, tmp_path, quick):
    first, second = _job(scene_file, tmp_path / "one", quick), _job(scene_file, tmp_path / "two", quick)
    train_prior(first)
    train_prior(second)
    assert first.work.prior.read_bytes() == second.work.prior.read_bytes()


def test_an_empty_scene_has_no_prior(tmp_path, quick):
    path = tmp_path / "empty.tif"
    with rasterio.open(path, "w", driver="GTiff", width=90, height=80, count=1, dtype="uint8", nodata=0) as file:
        file.write(np.zeros((1, 80, 90), dtype=np.uint8))
    job = _job(path, tmp_path / "work", quick)
    summary = train_prior(job)
    assert (summary.patches, summary.classes, summary.course) == (0, 0, None)
    assert not job.work.prior.exists()


def test_a_sparse_scene_is_found(tmp_path, quick):
    """What is valid lies in one corner, smaller than a patch."""
    path = tmp_path / "sparse.tif"
    image = np.zeros((1, 900, 900), dtype=np.uint8)
    image[0, 860:890, 870:895] = np.random.default_rng(0).integers(1, 255, (30, 25))
    with rasterio.open(path, "w", driver="GTiff", width=900, height=900, count=1, dtype="uint8", nodata=0) as file:
        file.write(image)
    job = _job(path, tmp_path / "work", quick)
    assert train_prior(job).classes >= 1
    text = json.loads(job.work.prior_summary.read_text())
    assert text["summary"]["patches"] >= 1


def test_a_prior_of_a_smaller_network_is_read_back(job):
    train_prior(job)
    prior = load_prior(job.work.prior)
    assert prior.network.plan.responses <= plan_network(job.config.network, 3).responses
