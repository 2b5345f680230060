import time

from pipeline.clock import Clock


def test_every_lap_has_its_own_time():
    clock = Clock()
    time.sleep(0.02)
    clock.lap("first")
    clock.lap("second")
    assert list(clock.seconds) == ["first", "second"]
    assert clock.seconds["first"] >= 0.02 > clock.seconds["second"] >= 0
