import json
import sqlite3

import numpy as np
import pyogrio
import pytest
import shapely
from rasterio.crs import CRS

from pipeline.errors import OutputError
from pipeline.raster import features
from pipeline.raster.features import FeatureWriter

SQUARES = np.array([shapely.box(place, 0, place + 1, 1) for place in range(4)], dtype=object)


def attributes(first):
    names = np.arange(first, first + len(SQUARES))
    return {
        "object": names,
        "name": np.array([f"Größe {name}" for name in names], dtype=object),
        "area_m2": names / 7,
    }


def written(path, *, batches=2, crs="EPSG:32633"):
    with FeatureWriter(path, layer="objects", crs=crs, qml="<qgis/>", scratch=path.parent) as writer:
        for place in range(batches):
            writer.write(shapely.to_wkb(SQUARES), attributes(4 * place))
    return path


@pytest.mark.parametrize("suffix", ["gpkg", "fgb"])
def test_batches_are_one_layer(tmp_path, suffix):
    path = written(tmp_path / f"objects.{suffix}")
    meta, _, shapes, values = pyogrio.raw.read(path, layer="objects")
    table = dict(zip(meta["fields"], values, strict=True))
    # FlatGeobuf orders features by place.
    order = np.argsort(table["object"])
    assert table["object"][order].tolist() == list(range(8))
    assert table["name"][order][5] == "Größe 5"
    assert table["area_m2"][order] == pytest.approx(np.arange(8) / 7)
    assert shapely.equals(shapely.from_wkb(shapes)[order], np.tile(SQUARES, 2)).all()
    assert meta["crs"] == "EPSG:32633"
    assert meta["geometry_type"] == "Polygon"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_geopackage_carries_its_style(tmp_path):
    path = written(tmp_path / "objects.gpkg")
    with sqlite3.connect(path) as file:
        found = file.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
    assert found == [("objects", "geom", "<qgis/>", 1)]
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["objects", "layer_styles"]


def test_the_same_features_give_the_same_bytes(tmp_path):
    for suffix in ("gpkg", "fgb"):
        first = written(tmp_path / f"objects.{suffix}").read_bytes()
        assert written(tmp_path / f"objects.{suffix}").read_bytes() == first


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = written(tmp_path / "objects.gpkg", batches=1)
    before = path.read_bytes()

    def fail():
        with FeatureWriter(path, layer="objects", crs=None, qml="", scratch=path.parent) as writer:
            writer.write(shapely.to_wkb(SQUARES), attributes(0))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_failing_disk_is_told_in_one_sentence(tmp_path, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(features.pyogrio.raw, "write", full)
    with pytest.raises(OutputError, match=r"objects\.gpkg: cannot be written \(No space left on device\)"):
        written(tmp_path / "objects.gpkg")
    monkeypatch.undo()
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(OutputError, match="cannot be written"):
        written(blocked / "objects.gpkg")


@pytest.mark.parametrize("crs", ["EPSG:32633", None])
def test_geoparquet_tells_its_place(tmp_path, crs):
    parquet = pytest.importorskip("pyarrow.parquet")
    wkt = None if crs is None else CRS.from_string(crs).to_wkt()
    path = written(tmp_path / "objects.parquet", crs=wkt)
    table = parquet.read_table(path)
    assert table["object"].to_pylist() == list(range(8))
    assert shapely.equals(shapely.from_wkb(table["geom"].to_pylist()), np.tile(SQUARES, 2)).all()
    told = json.loads(table.schema.metadata[b"geo"])
    geometry = told["columns"][told["primary_column"]]
    assert told["primary_column"] == "geom"
    assert geometry["bbox"] == [0, 0, 4, 1]
    assert (geometry["crs"] or {}).get("id") == (None if crs is None else {"authority": "EPSG", "code": 32633})
    assert written(path, crs=wkt).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("suffix", ["gpkg", "fgb"])
def test_polygons_of_nowhere_are_polygons(tmp_path, suffix):
    info = pyogrio.read_info(written(tmp_path / f"objects.{suffix}", crs=None), layer="objects")
    assert info["features"] == 8


def test_two_may_make_the_same_file_at_a_time(tmp_path):
    """A worker that counts as dead may still be at it when another begins."""
    path = tmp_path / "objects.gpkg"
    with (
        FeatureWriter(path, layer="objects", crs=None, qml="<qgis/>", scratch=tmp_path) as one,
        FeatureWriter(path, layer="objects", crs=None, qml="<qgis/>", scratch=tmp_path) as other,
    ):
        for writer in (one, other):
            writer.write(shapely.to_wkb(SQUARES), attributes(0))
    assert len(pyogrio.raw.read(path, layer="objects")[2]) == len(SQUARES)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
