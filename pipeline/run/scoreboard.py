"""An evaluation as tables for people."""

import math
from collections.abc import Iterable, Mapping, Sequence

from pipeline.measure.summary import Summary, figures, mean_figures
from pipeline.run.evaluate import Evaluation, Measuring

# Name in the JSON, at the head of a column, and what it says.
_FIGURES = (
    ("best_match_miou", "mIoU", "best-match mIoU", "mean over classes of the best IoU of any label"),
    ("union_miou", "union", "best-union mIoU", "... of any union of labels"),
    ("hungarian_miou", "1to1", "one-to-one mIoU", "... of labels assigned one to one (Hungarian)"),
    ("accuracy", "acc", "accuracy", "many labels to one class"),
    ("ari", "ARI", "ARI", "adjusted Rand index"),
    ("v_measure", "V", "V-measure", "of homogeneity and completeness"),
    ("split", "split", "VI split", "bits; 0 is best"),
    ("merge", "merge", "VI merge", "bits; 0 is best"),
    ("boundary_precision", "bndP", "boundary precision", "within {tolerance}"),
    ("boundary_recall", "bndR", "boundary recall", "within {tolerance}"),
    ("boundary_f", "bndF", "boundary F", "within {tolerance}"),
    ("achievable_accuracy", "ASA", "achievable accuracy", "if every label object had its most frequent class"),
    ("undersegmentation_error", "UE", "under-segmentation", "of label objects; 0 is best"),
)
_COUNTS = (
    ("pixels", "pixels"),
    ("labels", "labels"),
    ("label_objects", "objects"),
    ("classes", "classes"),
    ("true_objects", "true obj"),
)


def describe(evaluation: Evaluation, measuring: Measuring) -> str:
    """Write an evaluation as tables: a line per map where there are several, then figures, classes and objects."""
    pooled = evaluation.summary
    several = len(evaluation.compared) > 1
    names = evaluation.compared[0].names
    parts = [_maps(evaluation, pooled), "all maps pooled, as if their labels meant the same:"] if several else []
    parts += [
        _headlines(pooled, f"{measuring.tolerance:g} {evaluation.unit}"),
        _classes(pooled, names),
        _objects(pooled, names, evaluation.unit),
    ]
    return "\n\n".join(parts)


def _maps(evaluation: Evaluation, pooled: Summary) -> str:
    summaries = [one.summary for one in evaluation.compared]
    heads = ["", *(head for _, head in _COUNTS), *(head for _, head, *_ in _FIGURES)]
    rows = [(one.pair.name, figures(one.summary)) for one in evaluation.compared]
    rows += [("mean", mean_figures(summaries)), ("pooled", figures(pooled))]
    return _aligned(
        [
            heads,
            *(
                [name, *(f"{line[key]:,.0f}" for key, _ in _COUNTS), *(_figure(line[key]) for key, *_ in _FIGURES)]
                for name, line in rows
            ),
        ]
    )


def _headlines(summary: Summary, tolerance: str) -> str:
    flat = figures(summary)
    counts = (
        f"{summary.scores.pixels:,} pixels: {summary.scores.labels:,} labels in {summary.label_objects:,} objects,"
        f" {summary.scores.classes:,} true classes in {summary.true_objects:,} objects"
    )
    width = max(len(name) for _, _, name, _ in _FIGURES)
    lines = [
        f"{name:{width}}  {_figure(flat[key]):>6}  {meaning.format(tolerance=tolerance)}"
        for key, _, name, meaning in _FIGURES
    ]
    return "\n".join([counts, "", *lines])


def _classes(summary: Summary, names: Mapping[int, str]) -> str:
    heads = ["class", "pixels", "label", "IoU", "1to1", "IoU", "union", "labels in union"]
    rows = [
        [
            _named(one.value, names),
            f"{one.pixels:,}",
            str(one.best_label),
            _figure(one.best_iou),
            str(one.assigned_label or "-"),
            _figure(one.assigned_iou),
            _figure(one.union_iou),
            _listed(one.union_labels),
        ]
        for one in summary.scores.per_class
    ]
    return _aligned([heads, *rows])


def _objects(summary: Summary, names: Mapping[int, str], unit: str) -> str:
    unit = "m2" if unit == "m" else "px"
    starts = sorted({one.smallest for one in summary.objects})
    heads = [f"from {start:,.0f} {unit}" for start in starts]
    found = {(one.value, one.smallest): one for one in summary.objects}
    rows = [["class", *heads]]
    for value in sorted({one.value for one in summary.objects}):
        bins = [found[value, start] for start in starts]
        rows.append(
            [
                _named(value, names),
                *(f"{one.matched:,} / {one.united:,} / {one.objects:,}" if one.objects else "-" for one in bins),
            ]
        )
    title = "true objects by area: found by one label object / by several together / all there are"
    return f"{title}\n{_aligned(rows)}"


def _named(value: int, names: Mapping[int, str]) -> str:
    return f"{value} {names[value]}" if value in names else str(value)


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _listed(labels: Sequence[int], most: int = 12) -> str:
    shown = ", ".join(map(str, labels[:most]))
    return shown if len(labels) <= most else f"{shown} and {len(labels) - most:,} more"


def _aligned(rows: Iterable[Sequence[str]]) -> str:
    """Align columns: the first to the left, all others to the right."""
    rows = list(rows)
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
