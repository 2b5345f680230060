"""How long runs take, ours and others', and docs/performance.md of it; see `__main__`."""

from benchmarks.speed.figures import Figures, measure

__all__ = ["Figures", "measure"]
