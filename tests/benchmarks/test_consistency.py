import json

import pytest

from benchmarks.consistency import restarts, tilings
from benchmarks.consistency.maps import make_map
from benchmarks.consistency.report import write_report
from pipeline.cluster.fitness import versions


@pytest.mark.parametrize("size", [512, 1024])
def test_offsets_lie_within_a_tile_and_share_no_line(size):
    found = tilings.offsets(size)
    assert len(found) == 8
    for axis in (0, 1):
        lines = [offset[axis] for offset in found]
        assert len(set(lines)) == 8
        assert 0 == min(lines) < max(lines) < size
        # All places within blocks of JPEG's 8 px.
        assert {line % 8 for line in lines} == set(range(8))


def test_a_map_is_made_once(scene_file, quick, tmp_path):
    first = make_map(scene_file, quick, tmp_path)
    stamp = first.prior.stat().st_mtime_ns
    assert first.shape == (300, 400)
    assert make_map(scene_file, quick, tmp_path).prior.stat().st_mtime_ns == stamp
    make_map(scene_file, [*quick, "seed=1"], tmp_path)
    assert first.prior.stat().st_mtime_ns != stamp


def test_what_is_measured_is_told(scene_file, quick, tmp_path, monkeypatch):
    monkeypatch.setattr(tilings, "SIZES", (96, 128))
    monkeypatch.setattr(tilings, "MOVED", (96,))
    monkeypatch.setattr(tilings, "_MOVES", 2)
    monkeypatch.setattr(restarts, "_SEEDS", range(2))
    settings = [*quick, "tiles.halo=48"]
    tiled = tilings.measure_tilings(scene_file, settings, tmp_path / "runs")
    assert set(tiled["equal"]) == {"96 and 128", "96 and untiled", "128 and untiled"}
    assert all(0.97 < share < 1 for share in tiled["equal"].values()), tiled["equal"]
    borders = tiled["borders"]["96"]
    # Two tilings, of 3 x 2 and of 4 x 3 borders.
    assert borders["pixels"] == 2 * 400 + 3 * 300 + 3 * 400 + 4 * 300
    assert borders["interval"][0] <= borders["ratio"] <= borders["interval"][1]
    restarted = restarts.measure_restarts(scene_file, settings, tmp_path / "runs")
    assert len(restarted["ari"]) == 1
    assert 0 < restarted["ari"][0] < 1
    for kind, result in (("tilings", tiled), ("restarts", restarted)):
        (tmp_path / f"{kind}-village.json").write_text(json.dumps(result))
    write_report(tmp_path / "page.md", tmp_path, "measure", " and `seed=3`")
    page = (tmp_path / "page.md").read_text()
    assert f"default configuration and `seed=3` (code {versions()['code']} of their manifests)." in page
    assert f"| village.tif | {tiled['classes']} | 96 | 4,100 | {borders['ratio']:.3f} | " in page
    assert f" | {100 * tiled['equal']['96 and untiled']:.3f} | " in page
    assert f" | {restarted['ari'][0]:.3f} | {restarted['ari'][0]:.3f} |" in page


def test_a_page_without_results_has_no_tables(tmp_path):
    write_report(tmp_path / "page.md", tmp_path, "measure", "")
    assert "|" not in (tmp_path / "page.md").read_text()
