from dataclasses import replace

import numpy as np
import pytest

from pipeline.errors import OutputError
from pipeline.stitch.table import LabelTable
from pipeline.store.record import (
    TileRecord,
    TileSummary,
    load_labelled_segments,
    load_segments,
    load_summary,
    load_table,
    load_thumbnail,
    load_valid,
    load_votes,
    save_record,
)


@pytest.fixture
def record():
    rng = np.random.default_rng(0)
    summary = TileSummary(
        row=3,
        column=4,
        valid=70,
        segments=9,
        labels=5,
        seconds={"read": 0.5, "label": 1.25},
        memory=2**33,
        losses=(1.5, 0.25),
        label_counts=(9, 5),
        ended="labels",
    )
    return TileRecord(
        summary=summary,
        segments=rng.integers(0, 10, (8, 9)).astype(np.int32),
        valid=rng.random((8, 9)) < 0.5,
        labels=rng.integers(0, 6, 10).astype(np.uint16),
        votes=rng.integers(1, 9, (12, 3)),
        table=LabelTable(
            rng.integers(0, 9, 6),
            rng.random((6, 3)),
            rng.random((6, 3)),
            rng.random((6, 3)),
            rng.integers(0, 9, (6, 6)),
        ),
        thumbnail=rng.integers(0, 255, (2, 3, 4)).astype(np.uint8),
    )


def identical(loaded, array):
    return np.array_equal(loaded, array) and loaded.dtype == array.dtype


def test_a_record_comes_back(tmp_path, record):
    path = tmp_path / "tiles" / "a.zip"
    save_record(path, record, "run")
    assert load_summary(path, "run") == record.summary
    assert identical(load_segments(path), record.segments)
    assert identical(load_votes(path), record.votes)
    assert identical(load_valid(path, 9), record.valid)
    assert identical(load_thumbnail(path), record.thumbnail)
    segments, labels = load_labelled_segments(path)
    assert identical(segments, record.segments)
    assert identical(labels, record.labels)
    table = load_table(path)
    for name in ("pixels", "sums", "squares", "textures", "borders"):
        assert identical(getattr(table, name), getattr(record.table, name))


def test_a_tile_that_was_not_trained_has_no_course(tmp_path, record):
    summary = TileSummary(row=0, column=0, valid=0, segments=0, labels=0)
    path = tmp_path / "a.zip"
    save_record(path, replace(record, summary=summary), "run")
    assert load_summary(path, "run") == summary


def test_a_record_that_is_gone_or_damaged_has_no_summary(tmp_path, record):
    path = tmp_path / "a.zip"
    assert load_summary(path, "run") is None
    save_record(path, record, "run")
    path.write_bytes(path.read_bytes()[:-1])
    assert load_summary(path, "run") is None


@pytest.mark.parametrize("load", [load_table, load_votes, load_segments, load_labelled_segments, load_thumbnail])
def test_parts_of_a_damaged_record_are_refused_and_it_is_made_anew(tmp_path, record, load):
    path = tmp_path / "a.zip"
    save_record(path, record, "run")
    content = path.read_bytes()
    # The summary comes first and stays whole, as does the directory at the end.
    first, last = content.index(b"segments.npy"), content.index(b"PK\x01\x02")
    path.write_bytes(content[:first] + bytes(last - first) + content[last:])
    # One part is damaged, so the whole is.
    assert load_summary(path, "run") is None
    with pytest.raises(OutputError, match="run the same command again"):
        load(path)
    assert not path.exists()


def test_a_record_of_another_run_is_none(tmp_path, record):
    path = tmp_path / "a.zip"
    save_record(path, record, "run")
    assert load_summary(path, "another run") is None


def test_every_flipped_byte_of_an_array_is_noticed(tmp_path, record):
    path = tmp_path / "a.zip"
    save_record(path, record, "run")
    content = path.read_bytes()
    for place in range(content.index(b"votes.npy") + 60, content.index(b"pixels.npy") - 40, 7):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        assert load_summary(path, "run") is None
