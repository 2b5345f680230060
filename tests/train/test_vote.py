import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.train.vote import tally, winners


def plain_vote(labels, segments, label_count):
    """Give every segment the label of most of its pixels, the lowest of equals, one segment at a time."""
    voted = np.empty_like(labels)
    for segment in np.unique(segments):
        inside = segments == segment
        counts = [int((labels[inside] == label).sum()) for label in range(label_count)]
        voted[inside] = counts.index(max(counts))
    return voted


@given(st.integers(1, 200), st.integers(1, 20), st.integers(1, 12), st.integers(0, 2**32))
def test_the_vote_is_that_of_a_loop_over_segments(pixels, segment_count, label_count, seed):
    rng = np.random.default_rng(seed)
    labels, segments = rng.integers(0, label_count, pixels), rng.integers(0, segment_count, pixels)
    counts = tally(torch.from_numpy(labels), torch.from_numpy(segments), (segment_count, label_count))
    assert counts.shape == (segment_count, label_count)
    assert counts.dtype == torch.int64
    chosen = winners(counts)[torch.from_numpy(segments)]
    assert np.array_equal(chosen, plain_vote(labels, segments, label_count))


def test_of_equals_the_lowest_label_wins():
    counts = torch.tensor([[0, 2, 2, 1], [3, 1, 0, 3], [0, 0, 0, 0], [0, 0, 0, 1]])
    assert winners(counts).tolist() == [1, 0, 0, 3]


def test_large_segments_do_not_overflow():
    counts = torch.tensor([[2**40, 2**40 + 1, 7]])
    assert winners(counts).tolist() == [1]
