"""Trainings of every scope."""

from pipeline.export.report.course import find_trainings

COURSE = {"losses": (3.0, 2.0, 1.0), "labels": (9, 8, 7), "changes": (1, 1, 1), "ended": "labels", "kept": 1}


def tile(losses, labels):
    return {"losses": losses, "label_counts": labels}


def record(prior, tiles, scope="shared"):
    return {"prior": prior, "tiles": tiles, "config": {"train": {"scope": scope}}}


def test_one_network():
    (training,) = find_trainings(record({"course": COURSE, "patches": 96, "scenes": ["a", "b"]}, [tile((), ())]))
    assert "96 patches of 2 scenes" in training.said
    assert "so few labels" in training.said
    assert [plot.title for plot in training.plots] == ["Loss", "Labels in use"]
    assert training.rows == (("1", "3.0000", "9"), ("2", "2.0000", "8"), ("3", "1.0000", "7"))
    assert all(plot.kept for plot in training.plots)


def test_tiles_that_train_on_follow_their_network():
    tiles = [tile((4.0, 2.0), (8, 6)), tile((6.0,), (10,)), tile((), ())]
    network, tiles = find_trainings(record({"course": COURSE, "patches": 8, "scenes": ["a"]}, tiles, "adapt"))
    assert "of the scene" in network.said
    assert tiles.said.startswith("Each of 2 tiles trained on from it.")
    # Median of those that reach a step.
    assert tiles.rows == (("1", "5.0000", "9"), ("2", "2.0000", "6"))
    assert tiles.plots[0].band


def test_tiles_on_their_own_and_none_at_all():
    (training,) = find_trainings(record(None, [tile((4.0,), (8,))], "independent"))
    assert training.said.startswith("The tile trained a network of its own.")
    for prior in (None, {"course": None, "patches": 0, "scenes": []}):
        assert find_trainings(record(prior, [tile((), ())])) == ()
