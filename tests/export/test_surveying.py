import numpy as np
import pytest
import shapely
import shapely.affinity

from pipeline.box import Box
from pipeline.components import Parts, Rim
from pipeline.config import InputConfig
from pipeline.errors import InputError, OutputError
from pipeline.export import walk
from pipeline.export.surveying import SurveyPlan, survey, survey_jobs
from pipeline.raster.geotiff import write_geotiff
from pipeline.raster.open import open_source
from pipeline.raster.outlines import outlines
from pipeline.raster.scaling import Scaling
from pipeline.raster.spec import RasterSpec
from pipeline.raster.writer import LabelWriter
from pipeline.stitch.objects import Near, Tally, borders
from pipeline.stitch.outlines import Outlines
from pipeline.stitch.rings import put_together
from pipeline.store.survey import load_survey

TABLE = (0, 1, 1, 2, 2)
NOWHERE = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)


@pytest.fixture
def labels():
    found = np.random.default_rng(3).integers(1, 5, (40, 50)).astype(np.uint8)
    found[5:9, 10:20] = 0
    found[32:, 32:] = 0
    return found


@pytest.fixture
def plan(tmp_path, labels, monkeypatch):
    monkeypatch.setattr(walk, "SIDE", 32)
    spec = RasterSpec(labels.shape, 1, "uint8")
    with LabelWriter(tmp_path / "finest.tif", spec, dtype="uint8") as writer:
        writer.write(Box(0, 0, *labels.shape), labels)
    return SurveyPlan(tmp_path / "finest.tif", TABLE, spec, None, None, drawn=True, place=NOWHERE)


@pytest.fixture
def image(tmp_path, labels):
    bands = np.random.default_rng(4).integers(0, 256, (3, *labels.shape)).astype(np.uint8)
    write_geotiff(tmp_path / "scene.tif", bands, crs=None, transform=NOWHERE, tags={})
    return bands, open_source(tmp_path / "scene.tif", InputConfig())


def boxes(plan, labels, folder):
    """Yield the surveys of all boxes, with the components in each and the box's place in the raster."""
    (folder / "scratch").mkdir()
    jobs = survey_jobs(plan, folder / "scratch")
    assert len(jobs) == 4
    for job in jobs:
        survey(job)
        cut = job.box.slices(Box(0, 0, *labels.shape))
        classes = np.array(TABLE)[labels[cut]]
        yield job, cut, Parts.find(classes, labels[cut] > 0), classes


def test_components_are_told_by_their_rims_and_sums(plan, labels, image, tmp_path):
    bands, source = image
    plan = SurveyPlan(plan.finest, TABLE, plan.spec, source, None, drawn=False, place=None)
    for job, cut, parts, classes in boxes(plan, labels, tmp_path):
        rim, tally = load_survey(job.into, Rim), load_survey(job.into, Tally)
        expected = Rim.of(parts, classes)
        for name in ("places", "numbers", "upper", "left", "lower", "right"):
            assert np.array_equal(getattr(rim, name), getattr(expected, name))
        assert len(tally.pixels) == parts.count + 1
        for number in range(1, parts.count + 1):
            here = parts.inside == number
            assert tally.pixels[number] == tally.areas[number] == here.sum()
            assert tally.sums[number].tolist() == bands[:, *cut][:, here].sum(1).tolist()
        with pytest.raises(OutputError):
            load_survey(job.into, Near)


def test_what_small_components_touch_is_known_where_they_are_to_join(plan, labels, image, tmp_path):
    bands, source = image
    scaling = Scaling((0.0,) * 3, (510.0,) * 3)
    plan = SurveyPlan(plan.finest, TABLE, plan.spec, source, scaling, drawn=False, place=None)
    for job, cut, parts, _ in boxes(plan, labels, tmp_path):
        near = load_survey(job.into, Near)
        pairs, sides = borders(parts.inside)
        assert np.array_equal(near.pairs, pairs)
        assert np.array_equal(near.sides, sides)
        for number in range(1, parts.count + 1):
            here = bands[:, *cut][:, parts.inside == number]
            assert near.sums[number] == pytest.approx((here / 510).sum(1), rel=1e-6)


@pytest.mark.parametrize("place", [NOWHERE, (0.5, 0.1, 3e5, 0.2, -0.5, 5e6), None])
def test_outlines_are_left_box_by_box(plan, labels, tmp_path, place):
    plan = SurveyPlan(plan.finest, TABLE, plan.spec, None, None, drawn=True, place=place)
    for job, _, parts, _ in boxes(plan, labels, tmp_path):
        found = load_survey(job.into, Outlines)
        names, rings = outlines(job.box, parts.inside)
        expected = dict(zip(names.tolist(), put_together(*rings), strict=True))
        rim = Rim.of(parts, parts.inside)
        touching = set(np.concatenate([rim.upper, rim.left, rim.lower, rim.right]).tolist()) - {0}
        if place is None:
            touching = set(expected)
        assert sorted([*found.names.tolist(), *found.open_names.tolist()]) == sorted(expected)
        assert set(found.open_names.tolist()) == touching
        for name, polygon in zip(found.open_names.tolist(), found.polygons, strict=True):
            assert shapely.equals_exact(polygon, expected[name])
        for name, shape, length in zip(found.names.tolist(), found.binary, found.lengths.tolist(), strict=True):
            a, b, c, d, e, f = place
            moved = shapely.affinity.affine_transform(expected[name], [a, b, d, e, c, f])
            assert shapely.equals_exact(shapely.from_wkb(shape), moved, tolerance=1e-6)
            assert length == pytest.approx(expected[name].length)


def test_a_map_that_is_gone_is_said(plan, tmp_path):
    plan.finest.unlink()
    with pytest.raises(InputError, match=r"finest\.tif.*segment the scene again"):
        survey(survey_jobs(plan, tmp_path)[0])


def test_whose_folder_is_gone_leaves_nothing(plan, tmp_path):
    """The run has failed meanwhile, and has cleaned up."""
    survey(survey_jobs(plan, tmp_path / "gone")[0])
    assert not (tmp_path / "gone").exists()


def test_a_survey_that_is_gone_is_said(plan, tmp_path):
    job = survey_jobs(plan, tmp_path)[0]
    assert str(job) == f"{plan.finest}: objects from row 0, column 0"
    with pytest.raises(OutputError, match="survey_0_0"):
        load_survey(job.into, Outlines)
