"""Awkward rasters of every kind: each is segmented, or refused in one sentence; nothing else happens."""

import csv
from pathlib import Path

import numpy as np
import pytest
import rasterio

from pipeline.errors import AerialsegError

# The least work that still goes through every stage.
QUICK = (
    *("train.steps=2", "train.start_steps=2", "train.patches=4", "train.patch=32"),
    *("presegment.method=watershed", "output.preview=64"),
    *("network.wide=8", "network.narrow=8"),
)
# VRTs over a file that is not in the folder.
SOURCELESS = {"rasterio__RGB.byte.gcp.vrt", "rasterio__RGB.byte.rpc.vrt"}
# 71 Mpx; segmented by hand, it would take half a minute here.
LARGE = {"rio_cogeo__image_web_z5_z11.tif"}


def _listed(shared: Path) -> list[dict[str, str]]:
    with (shared / "odd/MANIFEST.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _check_place(scene: Path, classes: Path) -> None:
    with rasterio.open(scene) as source, rasterio.open(classes) as result:
        assert result.shape == source.shape
        assert result.crs == source.crs
        assert result.transform == source.transform
        points, crs = source.gcps
        if points and source.transform.is_identity:
            assert [(p.row, p.col, p.x, p.y) for p in result.gcps[0]] == [(p.row, p.col, p.x, p.y) for p in points]
            assert result.gcps[1] == crs
        if source.nodata is not None and np.all(source.dataset_mask() == 0):
            assert not result.read(1).any()


def test_odd_files(run, shared, tmp_path):
    segmented, wrong = 0, []
    for row in _listed(shared):
        if row["file"] in LARGE:
            continue
        path = shared / "odd" / row["file"]
        must = row["reads"] == "yes" and "complex" not in row["dtype"] and row["file"] not in SOURCELESS
        try:
            result = run(path, *QUICK, out="out")
        except AerialsegError as error:
            if must or "\n" in str(error) or not str(error).strip():
                wrong.append(f"{row['file']}: {error!r}")
            assert not (tmp_path / "out" / path.stem / "classes.tif").exists()
            continue
        _check_place(path, result.outputs[0])
        segmented += 1
    assert not wrong, "\n".join(wrong)
    assert segmented >= 100


def _write(path: Path, data: np.ndarray, **profile: object) -> Path:
    bands, rows, columns = data.shape
    profile = {"driver": "GTiff", "width": columns, "height": rows, "count": bands, "dtype": data.dtype} | profile
    with rasterio.open(path, "w", **profile) as file:
        file.write(data)
    return path


def _noise(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    rng = np.random.default_rng(0)
    blocks = rng.integers(0, 100, (shape[0], shape[1] // 8 + 1, shape[2] // 8 + 1))
    return np.kron(blocks, np.ones((1, 8, 8), dtype=int))[:, : shape[1], : shape[2]].astype(dtype)


@pytest.mark.parametrize(
    ("name", "shape", "dtype", "profile"),
    [
        ("one_pixel", (3, 1, 1), "uint8", {}),
        ("one_column", (3, 300, 1), "uint8", {}),
        ("one_row", (1, 1, 300), "uint16", {}),
        ("nine_bands", (9, 40, 50), "int16", {"crs": "EPSG:4326"}),
        ("doubles", (2, 40, 50), "float64", {"nodata": np.nan}),
        ("south_up", (3, 40, 50), "uint8", {"transform": rasterio.Affine(1, 0, 0, 0, 1, 0), "crs": "EPSG:32633"}),
        ("rotated", (3, 40, 50), "uint8", {"transform": rasterio.Affine(1, 0.5, 9, 0.5, -1, 9), "crs": "EPSG:32633"}),
        ("constant", (3, 40, 50), "uint8", {}),
        ("signed", (1, 40, 50), "int8", {}),
        ("long", (1, 40, 50), "uint64", {}),
    ],
)
def test_files_made_here(run, tmp_path, name, shape, dtype, profile):  # noqa: PLR0917 - fixtures and parameters
    data = np.full(shape, 7, dtype=dtype) if name == "constant" else _noise(shape, dtype)
    path = _write(tmp_path / f"{name}.tif", data, **profile)
    result = run(path, *QUICK, "tiles.size=32", "tiles.halo=24")
    _check_place(path, result.outputs[0])
    with rasterio.open(result.outputs[0]) as file:
        assert file.read(1).all()


def test_pictures_without_georeference(run, tmp_path):
    for driver, suffix in (("PNG", ".png"), ("JPEG", ".jpg")):
        path = _write(tmp_path / f"{driver}{suffix}", _noise((3, 60, 70), "uint8"), driver=driver)
        result = run(path, *QUICK)
        _check_place(path, result.outputs[0])


def test_refusals_are_one_sentence(run, tmp_path):
    complex_ = _write(tmp_path / "complex.tif", np.zeros((1, 8, 8), dtype="complex64"))
    empty = tmp_path / "empty.tif"
    empty.write_bytes(b"")
    text = tmp_path / "text.tif"
    text.write_text("not a raster")
    for path in (complex_, empty, text, tmp_path / "missing.tif", tmp_path):
        with pytest.raises(AerialsegError) as caught:
            run(path, *QUICK)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()
