import numpy as np
import pytest

from pipeline.errors import OutputError
from pipeline.store.arrays import is_there, load_arrays, load_marked, need_arrays, save_arrays


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def some_arrays(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "segments": rng.integers(0, 50, (40, 30)).astype(np.int32),
        "empty": np.zeros((0, 3)),
        # So even that damage leaves a stream that can be unpacked, of other zeros.
        "even": np.zeros((300, 300), np.uint16),
    }


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "new" / "tile.zip"
    save_arrays(path, some_arrays(), "mark")
    return path


def same(loaded, names):
    expected = some_arrays()
    return all(
        np.array_equal(array, expected[name]) and array.dtype == expected[name].dtype
        for name, array in zip(names, loaded, strict=True)
    )


def test_arrays_come_back_in_the_order_asked_for(saved):
    names = ["even", "segments", "empty"]
    assert same(load_arrays(saved, *names), names)
    assert same(need_arrays(saved, *names), names)
    assert load_arrays(saved) == []
    assert listing(saved.parent) == ["tile.zip"]


def test_a_missing_file_or_array_is_none(saved, tmp_path):
    assert load_arrays(tmp_path / "no.zip", "segments") is None
    assert load_arrays(tmp_path, "segments") is None
    assert load_arrays(saved, "segments", "labels") is None


def test_a_truncated_file_is_none(saved):
    whole = saved.read_bytes()
    for length in [*range(0, len(whole), 37), len(whole) - 1]:
        saved.write_bytes(whole[:length])
        assert load_arrays(saved, "segments") is None


def test_a_flipped_bit_is_none_or_without_effect(saved):
    """Damage of many kinds: bad checksums, streams, headers, methods, names, flags."""
    whole = saved.read_bytes()
    rng = np.random.default_rng(0)
    names, refused = ["segments", "empty", "even"], 0
    for place in rng.permutation(8 * len(whole))[:1500].tolist():
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        saved.write_bytes(damaged)
        loaded = load_arrays(saved, *names)
        refused += loaded is None
        assert loaded is None or same(loaded, names)
    assert refused > 900


@pytest.mark.parametrize("content", [b"", b"PK", b"\x93NUMPY", b"text", bytes(1000)])
def test_another_file_is_none(tmp_path, content):
    path = tmp_path / "other.zip"
    path.write_bytes(content)
    assert load_arrays(path, "segments") is None


def test_pickled_objects_are_neither_written_nor_read(tmp_path):
    path = tmp_path / "a.zip"
    objects = np.array([print, {}], dtype=object)
    with pytest.raises(ValueError, match="allow_pickle"):
        save_arrays(path, {"objects": objects}, "mark")
    assert listing(tmp_path) == []
    np.savez(path, objects=objects)
    assert load_arrays(path, "objects") is None
    np.save(tmp_path / "b.npy", np.zeros(3))
    (tmp_path / "b.npy").rename(path)
    assert load_arrays(path, "objects") is None


def test_what_must_be_there_is_removed_when_it_is_damaged(saved):
    saved.write_bytes(saved.read_bytes()[:-10])
    for _ in range(2):
        with pytest.raises(OutputError, match=r"tile\.zip: .* run the same command again"):
            need_arrays(saved, "segments")
        assert not saved.exists()


def test_a_wrong_byte_anywhere_is_damage_and_no_error(tmp_path):
    path = tmp_path / "a.zip"
    save_arrays(path, some_arrays(), "mark")
    content = path.read_bytes()
    for place in range(len(content)):
        for bit in (0x01, 0x80):
            path.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
            assert is_there(path, "mark") in {True, False}
            load_arrays(path, *some_arrays())


def test_arrays_of_another_mark_are_not_there(saved):
    (segments,) = load_marked(saved, "mark", "segments")
    assert np.array_equal(segments, some_arrays()["segments"])
    assert load_marked(saved, "other", "segments") is None
    assert load_marked(saved, "mark", "none") is None
    assert load_marked(saved.with_name("no.zip"), "mark") is None
