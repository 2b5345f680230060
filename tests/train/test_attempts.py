import pytest

from pipeline.errors import TrainingDivergedError
from pipeline.train.attempts import MOST, seed_of, until_it_holds


def _fails_until(good, seen):
    def train(attempt):
        seen.append(attempt)
        if attempt < good:
            raise TrainingDivergedError("the loss is nan; lower the rate")
        return f"trained {attempt}"

    return train


@pytest.mark.parametrize("good", range(MOST))
def test_a_training_that_diverges_is_tried_again(good):
    seen = []
    assert until_it_holds(_fails_until(good, seen), "a.tif") == (f"trained {good}", good)
    assert seen == list(range(good + 1))


def test_one_that_always_does_is_an_error_of_one_sentence():
    seen = []
    with pytest.raises(TrainingDivergedError, match=r"^a\.tif: the loss is nan; lower the rate; 3 trainings") as caught:
        until_it_holds(_fails_until(MOST, seen), "a.tif")
    assert len(seen) == MOST
    assert "\n" not in str(caught.value)


def test_seeds_follow_from_place_and_attempt():
    seeds = {seed_of(1, row, column, attempt=attempt) for row in range(4) for column in range(4) for attempt in (0, 1)}
    assert len(seeds) == 32
    assert seed_of(1, 2, 3, attempt=1) == seed_of(1, 2, 3, attempt=1)
    assert seed_of(1, 2, 3) == seed_of(1, 2, 3, attempt=0)
