import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.raster.geotiff import write_geotiff
from pipeline.run.pairing import Pair, find_pairs, match_names


def match(maps, truths):
    return match_names(maps, truths, InputError)


def put(path, bands=1):
    write_geotiff(
        path, np.ones((bands, 4, 4), np.uint8), crs="EPSG:32633", transform=(1.0, 0.0, 0.0, 0.0, -1.0, 0.0), tags={}
    )
    return str(path)


def test_names_with_the_longest_stem_in_common_belong_together():
    assert match(["a", "a_b", "c1"], ["a_buildings", "a_b-classes", "c1", "c10", "d"]) == {
        "a": "a_buildings",
        "a_b": "a_b-classes",
        "c1": "c1",
    }
    assert match(["austin1_labels"], ["austin1", "austin10"]) == {"austin1_labels": "austin1"}
    assert match(["a", "a_b"], ["a_b", "a"]) == {"a": "a", "a_b": "a_b"}


NAMES = st.lists(st.text("ab1", min_size=1, max_size=5), unique=True, max_size=8)


@given(NAMES, st.randoms())
def test_any_names_with_endings_come_together_in_any_order(names, random):
    truths = [f"{name}_truth" for name in names]
    random.shuffle(truths)
    assert match(names, truths) == {name: f"{name}_truth" for name in names}


def test_what_could_belong_to_two_is_refused():
    with pytest.raises(InputError, match="a could belong to a_one and a_two"):
        match(["a"], ["a_one", "a_two"])
    with pytest.raises(InputError, match="a could belong to a_one and a_two"):
        match(["a_one", "a_two"], ["a"])


def test_a_map_without_truth_is_refused():
    with pytest.raises(InputError, match="there is no truth for b, c"):
        match(["a", "b", "c"], ["a", "bb", "d"])


def test_two_files_are_a_pair_whatever_their_names():
    assert find_pairs("x/town.tif", "y.gpkg") == [Pair("town", "x/town.tif", "y.gpkg")]
    assert find_pairs("out/town/classes.tif", "y.tif")[0].name == "town"


def test_results_are_paired_with_truths_and_pictures_are_no_truth(tmp_path):
    out, truth = tmp_path / "out", tmp_path / "truth"
    maps = [put(out / scene / "classes.tif") for scene in ("one", "two")]
    put(out / "one" / "other.tif")
    put(truth / "one.tif", bands=3)
    truths = [put(truth / "one_mask.tif"), put(truth / "two.tif")]
    (truth / "readme.txt").write_text("no raster")
    assert find_pairs(str(out), str(truth)) == [Pair("one", maps[0], truths[0]), Pair("two", maps[1], truths[1])]


def test_rasters_of_a_folder_are_maps_where_there_are_no_results(tmp_path):
    label, truth = put(tmp_path / "labels" / "one.tif"), tmp_path / "truth" / "one.geojson"
    truth.parent.mkdir()
    truth.write_text("{}")
    assert find_pairs(str(tmp_path / "labels"), str(tmp_path / "truth")) == [Pair("one", label, str(truth))]


def test_folders_that_cannot_be_paired_are_one_sentence(tmp_path):
    label = put(tmp_path / "labels" / "one.tif")
    with pytest.raises(InputError, match="is a folder, so the other must be one"):
        find_pairs(label, str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no map of labels"):
        find_pairs(str(tmp_path / "empty"), str(tmp_path / "labels"))
    put(tmp_path / "labels" / "one.tiff")
    with pytest.raises(InputError, match="have one stem"):
        find_pairs(str(tmp_path / "labels"), str(tmp_path / "empty"))
