"""The report's tables, in Markdown."""

from collections.abc import Iterable, Sequence
from statistics import fmean, pstdev

from benchmarks.comparison.method import COUNTS, Method
from benchmarks.comparison.paired import compare
from benchmarks.comparison.rows import Found, Measure, Row, ari, miou, union

MEASURES: tuple[tuple[str, Measure], ...] = (("mIoU", miou), ("ARI", ari), ("buildings", union))
"""What tables show of a map."""


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; the first column is aligned left, the others right."""
    return [
        f"| {' | '.join(head)} |",
        f"|---|{'---:|' * (len(head) - 1)}",
        *(f"| {' | '.join(cells)} |" for cells in body),
    ]


def means_table(found: Found, group: str, asked: int, methods: Iterable[Method]) -> list[str]:
    """Show mean and spread (standard deviation over scenes and seeds) of every method that has results."""
    body = []
    for method in methods:
        rows = found.of(method.name, group, asked)
        if not rows:
            continue
        done = [row for row in rows if row.result.marks is not None]
        scores = [_spread([measure(row.result) for row in done]) for _, measure in MEASURES]
        seconds = f"{fmean(row.result.seconds for row in done):.1f}" if done else ""
        body.append([method.title, _counts(done), *scores, seconds, _reached(rows, done)])
    head = ["method", "labels", *(name for name, _ in MEASURES), "processor s", "maps"]
    return table(head, body)


def differences_table(found: Found, group: str, ours: Method, rivals: Iterable[Method]) -> list[str]:
    """Show ours less each rival, paired by image, with intervals of 95 %, at every number of labels."""
    body = []
    for rival in rivals:
        for name, measure in MEASURES:
            cells = []
            for asked in COUNTS:
                mine, theirs = (found.by_scene(one.name, group, asked, measure) for one in (ours, rival))
                difference = compare(mine, theirs)
                cells.append("" if difference is None else str(difference))
            if any(cells):
                body.append([f"{rival.title}: {name}", *cells])
    return table(["ours less", *(f"{asked} labels" for asked in COUNTS)], body) if body else []


def _spread(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{fmean(known):.3f} ± {pstdev(known):.3f}" if known else ""


def _counts(done: Sequence[Row]) -> str:
    counts = [row.result.marks.labels for row in done if row.result.marks is not None]
    return f"{fmean(counts):.1f} ({min(counts)} to {max(counts)})" if counts else ""


def _reached(rows: Sequence[Row], done: Sequence[Row]) -> str:
    return str(len(done)) if len(done) == len(rows) else f"{len(done)} of {len(rows)}, else not reached"
