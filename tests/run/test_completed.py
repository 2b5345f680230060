"""What is done is known to be done, and nothing else is."""

import json
from dataclasses import replace

import pytest

from pipeline.cluster import InProcess
from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.errors import OutputError, ResourceError
from pipeline.raster.dataset import close_all
from pipeline.run.attended import attend
from pipeline.run.completed import check_lacks, completed, describe_completed
from pipeline.run.options import Options
from pipeline.run.planning import plan_scene
from pipeline.run.relabel import relabel
from pipeline.run.scene import to_the_end
from pipeline.run.scenes import Scene


@pytest.fixture
def plan(scene_file, tmp_path, quick):
    """Give a function that plans the scene."""

    def planned(*chosen, **options):
        config = load_config(None, [*quick, "presegment.method=watershed", *chosen])
        return plan_scene(Scene("a", str(scene_file)), config, Options(out=tmp_path, **options), versions())

    return planned


@pytest.fixture
def done(plan):
    """Give the outputs of a run that came to its end."""
    return to_the_end(attend(plan(), InProcess(), fresh=False)).outputs


def test_a_finished_run_is_known_by_whoever_would_do_the_same(plan, done):
    assert completed(plan()) == done
    # How it is done does not matter.
    assert completed(plan("cluster.workers=1", "cluster.retries=5", "input.allow_remote=true")) == done


@pytest.mark.parametrize("chosen", ["seed=1", "output.classes=3", "presegment.method=slic", "objects.min_area=4"])
def test_other_settings_are_another_run(plan, done, chosen):
    assert completed(plan(chosen)) is None
    assert all(path.exists() for path in done)


def test_another_scene_of_the_same_name_is_another_run(plan, done, scene_file):
    scene_file.touch()
    assert completed(plan()) is None
    assert done


@pytest.mark.parametrize("name", ["classes.tif", "finest.tif", "prior.pt", "run.json", "manifest.json"])
def test_a_run_that_lacks_an_output_is_not_done(plan, done, name):
    next(path for path in done if path.name == name).unlink()
    assert completed(plan()) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"config": 7}', '{"config": {}, "outputs": 3}'])
def test_a_manifest_of_anything_else_is_none(plan, done, text):
    done[-1].write_text(text)
    assert completed(plan()) is None


def test_a_relabelled_run_is_the_run_that_it_was(plan, done, tmp_path):
    for count in (3, 2):
        relabel(tmp_path / "a", count)
        assert set(completed(plan())) == set(done)
        # And what a run that is asked for so many would make.
        assert set(completed(plan(f"output.classes={count}"))) == set(done)
        assert completed(plan("output.classes=5")) is None
    assert describe_completed(plan()).endswith("/a, and relabelled since (output.classes = 2)")
    assert describe_completed(plan("output.classes=2")).endswith("is done already, in " + str(tmp_path / "a"))
    manifest = json.loads(done[-1].read_text())
    assert manifest["relabelled_from"] == 8
    assert manifest["config"]["output"]["classes"] == 2


def test_the_manifest_is_the_same_whoever_does_the_work(plan, done, tmp_path):
    first = done[-1].read_bytes()
    done[-1].unlink()
    from pipeline.cluster import open_cluster

    other = plan("cluster.workers=2")
    with open_cluster(other.config.cluster, 2) as executor:
        to_the_end(attend(other, executor, fresh=False))
    assert (tmp_path / "a/manifest.json").read_bytes() == first


def test_a_relabelling_that_was_killed_is_not_done(plan, done, tmp_path):
    (tmp_path / "a/.relabel").mkdir()
    assert completed(plan()) is None
    to_the_end(attend(plan(), InProcess(), fresh=False))
    assert completed(plan()) == done
    assert not (tmp_path / "a/.relabel").exists()


def test_what_is_done_lacks_nothing(plan, done, monkeypatch):
    monkeypatch.setattr("pipeline.run.checks.free_disk", lambda _: 1000)
    lacking = plan_source_of(plan)
    assert isinstance(lacking.lacks, ResourceError)
    check_lacks(lacking, fresh=False)
    with pytest.raises(ResourceError, match="GB of disk"):
        check_lacks(lacking, fresh=True)
    done[0].unlink()
    with pytest.raises(ResourceError, match="GB of disk"):
        check_lacks(lacking, fresh=False)


def plan_source_of(plan):
    """Plan as a data set's run does, which raises nothing of what the machine lacks."""
    with pytest.raises(ResourceError) as caught:
        plan()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.run.checks.free_disk", lambda _: 10**12)
        return replace(plan(), lacks=caught.value)


def test_nodata_that_is_told_later_makes_another_run(plan, done, scene_file):
    """A header may change though the file does not."""
    sidecar = scene_file.with_name(f"{scene_file.name}.aux.xml")
    try:
        sidecar.write_text(
            '<PAMDataset><PAMRasterBand band="1"><NoDataValue>7</NoDataValue></PAMRasterBand></PAMDataset>'
        )
        close_all()
        assert completed(plan()) is None
    finally:
        sidecar.unlink()
        close_all()
    assert completed(plan()) == done


def test_a_result_of_another_part_is_not_replaced_unasked(plan, done):
    there = json.loads(done[-1].read_text())
    there["scene"]["window"]["bottom"] += 7
    done[-1].write_text(json.dumps(there))
    with pytest.raises(OutputError, match="another part of the scene; choose another --out"):
        to_the_end(attend(plan(), InProcess(), fresh=False))
    assert json.loads(done[-1].read_text()) == there
    to_the_end(attend(plan(), InProcess(), fresh=True))
    assert completed(plan()) == done
    # Of other settings it is.
    to_the_end(attend(plan("seed=1"), InProcess(), fresh=False))
    assert completed(plan("seed=1"))
