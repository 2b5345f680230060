"""Wall time by stage."""

import time


class Clock:
    """Started when made; every lap is a stage, and `seconds` tells how long each took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """End a stage, or another part of it; the next one begins."""
        now = time.perf_counter()
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + now - self._last, 4)
        self._last = now

    def skip(self) -> None:
        """Begin a stage here: what has passed since the last one's end is nobody's."""
        self._last = time.perf_counter()
