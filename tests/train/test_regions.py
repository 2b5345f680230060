import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.config import TrainConfig
from pipeline.stitch.overlap import contingency
from pipeline.stitch.votes import majority
from pipeline.train.regions import regions

LABELS = hnp.arrays(np.uint16, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.integers(0, 3))


@given(LABELS)
def test_with_continuity_every_pixel_keeps_its_label(labels):
    found = regions(labels, (labels > 0).astype(np.int32), TrainConfig(loss="continuity"))
    voted = majority(contingency(found, labels), int(found.max()) + 1)
    assert np.array_equal(voted[found], labels)
    # Pixels side by side with one label are one region.
    for mine, other, one, two in (
        (labels[1:], labels[:-1], found[1:], found[:-1]),
        (labels[:, 1:], labels[:, :-1], found[:, 1:], found[:, :-1]),
    ):
        assert np.array_equal(one[mine == other], two[mine == other])


@pytest.mark.parametrize("highest", [1, 7])
def test_pre_segments_vote_otherwise(highest):
    segments = np.random.default_rng(0).integers(0, highest + 1, (5, 6)).astype(np.int32)
    assert regions((segments > 0).astype(np.uint16), segments, TrainConfig()) is segments
