"""The output `style` of a run, and what is left of it by a relabelling."""

import json
import shutil
import subprocess
from xml.etree import ElementTree as ET

import pytest
import rasterio
from rio_cogeo.cogeo import cog_validate

from pipeline.export.styling import STYLE
from pipeline.run.relabel import relabel

SETTINGS = ("train.min_labels=12", "train.label_share=0.001", "output.levels=[1,3,5,3]")
SETTINGS = (*SETTINGS, 'output.products=["classes","style"]', "output.classes=5")


@pytest.fixture(scope="module")
def finished(scene_file, tmp_path_factory):
    """Give a function that copies the folder of a finished run, made once."""
    made = []

    def copy(run, tmp_path):
        if not made:
            result = run(scene_file, *SETTINGS, out="made")
            made.append(tmp_path_factory.mktemp("finished") / "village")
            shutil.copytree(result.outputs[0].parent, made[0])
        shutil.copytree(made[0], tmp_path / "village")
        return tmp_path / "village"

    return copy


def rows(sidecar):
    """Give the attribute table's rows as dictionaries."""
    (table,) = ET.parse(sidecar).getroot().iterfind("PAMRasterBand[@band='1']/GDALRasterAttributeTable")
    names = [name.text for name in table.iterfind("FieldDefn/Name")]
    return [dict(zip(names, (cell.text for cell in row), strict=True)) for row in table.iter("Row")]


def expected_row(entry):
    red, green, blue = map(str, entry["colour"])
    return {
        "Value": str(entry["value"]),
        "Count": str(entry["pixels"]),
        "Name": entry["title"],
        "Red": red,
        "Green": green,
        "Blue": blue,
    }


def check(folder):
    """Hold tables and styles against the manifest and the rasters."""
    manifest = json.loads((folder / "manifest.json").read_text())
    levels = {level["classes"]: level["lookup"] for level in manifest["levels"]["levels"]}
    for name, entries in (("classes", manifest["classes"]), ("finest", manifest["levels"]["finest"])):
        titles, lookup = [entry["title"] for entry in entries], levels[len(entries)]
        told = [count for count in (3, 5) if count < len(entries)]
        found = rows(folder / f"{name}.tif.aux.xml")
        assert len(set(titles)) == len(titles)
        for entry, row in zip(entries, found, strict=True):
            member = lookup.index(entry["value"])
            coarser = {f"Level {count}": str(levels[count][member]) for count in told}
            assert row == expected_row(entry) | coarser
        palette = list(ET.parse(folder / f"{name}.qml").getroot().iter("paletteEntry"))
        assert [entry.get("label") for entry in palette] == titles
        assert [list(bytes.fromhex(entry.get("color")[1:])) for entry in palette] == [
            entry["colour"] for entry in entries
        ]
        with rasterio.open(folder / f"{name}.tif") as raster:
            assert [list(raster.colormap(1)[entry["value"]][:3]) for entry in entries] == [
                entry["colour"] for entry in entries
            ]
            assert raster.descriptions == ("class",)
            assert raster.nodata == 0
        assert cog_validate(folder / f"{name}.tif", strict=True) == (True, [], [])
    titles = [entry["title"] for entry in manifest["classes"]]
    distinct = list(ET.parse(folder / "classes_distinct.qml").getroot().iter("paletteEntry"))
    assert [entry.get("label") for entry in distinct] == titles
    assert len({entry.get("color") for entry in distinct}) == len(titles)
    entries = list(ET.parse(folder / "classes.sld").getroot().iter("{http://www.opengis.net/sld}ColorMapEntry"))
    assert [entry.get("label") for entry in entries] == titles
    return manifest


def test_tables_and_styles_tell_of_the_classes_that_the_manifest_lists(run, finished, tmp_path):
    folder = finished(run, tmp_path)
    manifest = check(folder)
    assert {file.name for file in folder.iterdir()} >= set(STYLE.files)
    assert len(manifest["levels"]["finest"]) > 5
    for entry in manifest["levels"]["finest"]:
        assert 0 < entry["roughness"] < 1
    assert len({entry["roughness"] for entry in manifest["classes"]}) == 5


def test_a_relabelling_renews_them_and_leads_back_to_the_same_bytes(run, finished, tmp_path):
    folder = finished(run, tmp_path)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    outputs = relabel(folder, 3)
    assert set(STYLE.files) <= {file.name for file in outputs}
    assert len(check(folder)["classes"]) == 3
    assert (folder / "classes.tif.aux.xml").read_bytes() != before["classes.tif.aux.xml"]
    assert (folder / "finest.tif.aux.xml").read_bytes() == before["finest.tif.aux.xml"]
    relabel(folder, len(json.loads(before["manifest.json"])["levels"]["finest"]))
    check(folder)
    assert (folder / "classes.tif.aux.xml").read_bytes() == before["finest.tif.aux.xml"]
    relabel(folder, 5)
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert after.keys() == before.keys()
    for name in STYLE.files:
        assert after[name] == before[name], name


def test_what_geotiff_cannot_tell_stays_in_the_sidecar(run, scene_file, tmp_path):
    path = tmp_path / "pole.tif"
    rotated = rasterio.crs.CRS.from_string("+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=39 +lon_0=18 +to_meter=1")
    with rasterio.open(scene_file) as scene:
        image, profile = scene.read()[:, :200, :200], {**scene.profile, "width": 200, "height": 200}
    with rasterio.open(path, "w", **{**profile, "crs": rotated}) as file:
        file.write(image)
    with rasterio.open(path) as file:
        crs = file.crs
    folder = run(path, *SETTINGS).outputs[0].parent
    for _ in range(2):
        for name in ("classes.tif", "finest.tif"):
            root = ET.parse(folder / f"{name}.aux.xml").getroot()
            assert root.find("SRS") is not None
            assert rows(folder / f"{name}.aux.xml")
            with rasterio.open(folder / name) as file:
                assert file.crs == crs
        relabel(folder, 3)


def test_gdal_reads_the_table(run, finished, tmp_path):
    if shutil.which("gdalinfo") is None:
        pytest.skip("no gdalinfo")
    folder = finished(run, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, entries in (("classes", manifest["classes"]), ("finest", manifest["levels"]["finest"])):
        # The json of GDAL before 3.7 has no attribute table.
        command = ["gdalinfo", str(folder / f"{name}.tif")]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
        titles = [entry["title"] for entry in entries]
        assert '<GDALRasterAttributeTable tableType="thematic">' in text
        assert all(f"<F>{title}</F>" in text for title in titles)
        assert all(f"{value}: {title}" in text for value, title in enumerate(titles, start=1))
        assert "Description = class" in text
