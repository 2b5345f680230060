"""Settings and provenance."""

from pipeline.export.report.background import file_name, find_provenance, find_settings


def test_settings_are_those_of_the_run_with_defaults_beside_others(finished):
    sections = {name: {row[0]: row[1:] for row in rows} for name, rows in find_settings(finished.record)}
    assert "cluster" not in sections
    assert sections["general"]["seed"] == ("0", None)
    assert sections["tiles"]["size"] == ("160", "1280")
    assert sections["train"]["keep_labels"] == ("yes", None)
    assert sections["input"]["bands"] == ("not set", None)
    assert sections["output"]["products"] == ("classes, report", "classes, objects, vector, style, stac, report")


def test_provenance_names_the_scene_without_its_folder(finished):
    told = dict(find_provenance(finished.record))
    assert told["Scene"] == told["Classes learnt from"] == "village.tif"
    assert told["Size"] == "400 x 300 pixels"
    assert told["Reference system"] == "WGS 84 / UTM zone 33N"
    assert told["Fingerprint of the run"] == finished.record["fingerprint"]
    assert "Read with" not in told
    assert finished.record["scene"]["path"] not in str(told)


def test_a_window_neighbours_and_no_place(finished):
    record = dict(finished.record)
    record["scene"] = {
        **record["scene"],
        "window": {"top": 1200, "left": 7, "bottom": 1500, "right": 407},
        "raster": {**record["scene"]["raster"], "crs": None},
        "neighbours": [{"path": "/data/b.tif"}],
    }
    record["prior"] = None
    told = dict(find_provenance(record))
    assert told["Size"] == "400 x 300 pixels, from column 7, row 1,200"
    assert (told["Reference system"], told["Read with"]) == ("none", "b.tif")
    assert "Classes learnt from" not in told


def test_urls_lose_what_is_secret():
    assert file_name("https://user:key@host/data/a.tif?token=1#x") == "a.tif"
    assert file_name("/vsizip/a.zip/b c.tif") == "b c.tif"
