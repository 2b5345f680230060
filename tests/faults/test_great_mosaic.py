"""A VRT of 100,000 x 100,000 px is planned in moments: only headers are read."""

import time

import numpy as np
import rasterio

from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.run.options import Options
from pipeline.run.planning import plan_scene
from pipeline.run.scenes import Scene

_SIDE, _PART = 100_000, 2_000


def test_it_is_planned_in_moments(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.run.checks.free_disk", lambda _: 10**15)
    part = tmp_path / "part.tif"
    profile = {"driver": "GTiff", "width": _PART, "height": _PART, "count": 3, "dtype": "uint8", "compress": "deflate"}
    with rasterio.open(part, "w", tiled=True, **profile) as file:
        file.write(np.zeros((3, _PART, _PART), dtype=np.uint8))
    size = f'xSize="{_PART}" ySize="{_PART}"'
    # Every other square is empty.
    places = [(x, y) for y in range(0, _SIDE, _PART) for x in range(y // _PART % 2 * _PART, _SIDE, 2 * _PART)]
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{band}">'
        + "".join(
            f'<SimpleSource><SourceFilename relativeToVRT="1">part.tif</SourceFilename><SourceBand>{band}</SourceBand>'
            f'<SrcRect xOff="0" yOff="0" {size}/><DstRect xOff="{x}" yOff="{y}" {size}/></SimpleSource>'
            for x, y in places
        )
        + "</VRTRasterBand>"
        for band in (1, 2, 3)
    )
    path = tmp_path / "great.vrt"
    path.write_text(f'<VRTDataset rasterXSize="{_SIDE}" rasterYSize="{_SIDE}">{bands}</VRTDataset>')
    config, found = load_config(None, ["cluster.workers=0", "cluster.memory=100"]), versions()
    started = time.process_time()
    plan = plan_scene(Scene("great", str(path)), config, Options(out=tmp_path / "out"), found)
    assert time.process_time() - started < 3
    assert plan.grid.shape == (_SIDE, _SIDE)
    assert len(plan.grid) == 78**2
    assert plan.memory_total < 8e9
    assert not (tmp_path / "out").exists()
