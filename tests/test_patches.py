import threading

import pytest

from pipeline.patches import side_by_side


def test_threads_work_side_by_side_and_results_keep_their_order():
    both = threading.Barrier(2, timeout=10)

    def work(number):
        both.wait()
        return number * number

    assert list(side_by_side(work, range(6))) == [0, 1, 4, 9, 16, 25]
    assert list(side_by_side(work, [])) == []


def test_what_goes_wrong_with_one_is_raised_in_its_turn():
    done = side_by_side(lambda number: 1 // number, [1, 0, 1])
    assert next(done) == 1
    with pytest.raises(ZeroDivisionError):
        next(done)
