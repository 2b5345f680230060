"""What names a run: the scene as it is now, whatever it is put together from."""

import os

import pytest

from pipeline.config import Config
from pipeline.config.load import load_config
from pipeline.raster.look import look_at
from pipeline.run.fingerprint import result_identity, run_fingerprint

_RECT = 'xOff="0" yOff="0" xSize="400" ySize="300"'


@pytest.fixture
def scene(scene_file, tmp_path):
    """Give a VRT over a VRT over a file, and that file."""
    file = tmp_path / "village.tif"
    file.write_bytes(scene_file.read_bytes())
    for name, source in (("inner.vrt", file.name), ("outer.vrt", "inner.vrt")):
        bands = "".join(
            f'<VRTRasterBand dataType="Byte" band="{band}"><SimpleSource><SourceFilename relativeToVRT="1">{source}'
            f"</SourceFilename><SourceBand>{band}</SourceBand><SrcRect {_RECT}/><DstRect {_RECT}/></SimpleSource>"
            "</VRTRasterBand>"
            for band in (1, 2, 3)
        )
        (tmp_path / name).write_text(f'<VRTDataset rasterXSize="400" rasterYSize="300">{bands}</VRTDataset>')
    return tmp_path / "outer.vrt", file


def test_a_vrt_is_what_its_sources_are(scene):
    vrt, file = scene
    config = load_config(None)
    first = run_fingerprint("x", look_at(vrt, config.input))
    assert run_fingerprint("x", look_at(vrt, config.input)) == first
    os.utime(file, ns=(0, 1))
    second = run_fingerprint("x", look_at(vrt, config.input))
    assert second != first
    with (vrt.parent / "inner.vrt").open("a") as text:
        text.write("\n")
    assert run_fingerprint("x", look_at(vrt, config.input)) not in {first, second}


def test_consent_to_the_network_is_no_part_of_a_result():
    identities = [result_identity(load_config(None, [f"input.allow_remote={one}"]), {}) for one in ("true", "false")]
    assert identities[0] == identities[1]
    assert result_identity(load_config(None, ["input.windows=7"]), {}) != identities[0]


@pytest.mark.parametrize(
    ("cluster", "there", "named"),
    [
        ({}, False, "cpu"),
        ({}, True, "cuda: some model"),
        ({"device": "cpu"}, True, "cpu"),
        ({"slurm": {"gpus": 1}}, False, "cuda"),
        ({"slurm": {"gpus": 1}, "device": "cpu"}, True, "cpu"),
        ({"slurm": {}}, True, "cpu"),
        ({"scheduler": "tcp://h:1", "device": "cuda"}, False, "cuda"),
    ],
)
def test_results_are_of_what_networks_run_on(monkeypatch, cluster, there, named):
    monkeypatch.setattr("pipeline.device.has_cuda", lambda: there)
    monkeypatch.setattr("pipeline.run.fingerprint.gpu_models", lambda: "some model")
    assert result_identity(Config(cluster=cluster), {})["device"] == named
