import numpy as np
import pytest
import shapely

from pipeline.box import Box
from pipeline.components import Components
from pipeline.errors import InputError, OutputError
from pipeline.export import walk
from pipeline.export.tracing import take_traced, trace, trace_jobs
from pipeline.raster.outlines import outlines
from pipeline.raster.spec import RasterSpec
from pipeline.raster.writer import LabelWriter
from pipeline.stitch.rings import put_together


@pytest.fixture
def labels():
    found = np.random.default_rng(3).integers(1, 5, (40, 50)).astype(np.uint8)
    found[5:9, 10:20] = 0
    found[32:, 32:] = 0
    return found


@pytest.fixture
def raster(tmp_path, labels, monkeypatch):
    monkeypatch.setattr(walk, "SIDE", 32)
    path = tmp_path / "finest.tif"
    with LabelWriter(path, RasterSpec(labels.shape, 1, "uint8"), dtype="uint8") as writer:
        writer.write(Box(0, 0, *labels.shape), labels)
    return path


@pytest.mark.parametrize("table", [None, [0, 1, 1, 2, 2]])
def test_outlines_are_left_box_by_box(raster, labels, tmp_path, table):
    lookup = None if table is None else np.array(table)
    jobs = trace_jobs(raster, lookup, labels.shape, tmp_path / "scratch")
    assert len(jobs) == 4
    for job in jobs:
        trace(job)
        names, polygons = take_traced(job)
        assert not job.into.exists()
        numbers = labels[job.box.slices(Box(0, 0, *labels.shape))]
        if lookup is not None:
            numbers = Components.find(lookup[numbers], numbers > 0, 0).inside
        expected_names, rings = outlines(job.box, numbers)
        assert names.tolist() == expected_names.tolist()
        assert shapely.equals_exact(polygons, put_together(*rings)).all()
        assert shapely.area(polygons).sum() == np.count_nonzero(numbers)


def test_a_map_that_is_gone_is_said(raster, labels, tmp_path):
    job = trace_jobs(raster, None, labels.shape, tmp_path)[0]
    raster.unlink()
    with pytest.raises(InputError, match=r"finest\.tif.*segment the scene again"):
        trace(job)


def test_outlines_that_are_gone_are_said(raster, labels, tmp_path):
    job = trace_jobs(raster, None, labels.shape, tmp_path)[0]
    with pytest.raises(OutputError, match="outlines_0_0"):
        take_traced(job)
