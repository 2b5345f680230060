"""What a report says in sentences."""

from collections.abc import Mapping
from typing import Any

from pipeline.export.report.units import Ground, counted, percent

# Borders that are this much, or that little, more visible than lines beside them are not seen by eye.
_UNSEEN, _FAINT = 1.02, 1.1

ENDED = {
    "steps": "It took all the steps that it was given.",
    "labels": "It ended when so few labels were left as the settings ask for.",
    "churn": "It ended when hardly any pixel changed its label any more.",
}
"""Why a training ended, by the word that a run records."""


def lead(name: str, shape: tuple[int, int], ground: Ground, pixels: tuple[int, ...], nodata: int) -> tuple[str, ...]:
    """Say what the picture shows.

    Args:
        name: of the scene.
        shape: its rows and columns.
        ground: what its pixels are on the ground.
        pixels: of each class of the map.
        nodata: pixels outside.
    """
    used = sum(count > 0 for count in pixels)
    if not used:
        return (f"{name} has no pixel that holds data, so there is nothing to divide into classes.",)
    if ground.pixel is None:
        where = f"{name}, a scene of {shape[1]:,} x {shape[0]:,} pixels"
    else:
        where = f"{ground.area(ground.pixels)} {ground.unit} of ground in the scene {name}"
    first = f"The picture shows {where}, divided into {counted(used, 'class', 'classes')} by what looks alike."
    parts = []
    largest = max(range(len(pixels)), key=lambda place: pixels[place])
    if used > 1:
        parts.append(f"The largest, class {largest + 1}, takes {percent(pixels[largest] / ground.pixels)} of it.")
    if nodata:
        parts.append(f"{percent(nodata / (nodata + ground.pixels))} of the scene holds no data.")
    return first, *parts


def say_seams(seams: Mapping[str, Any] | None, tiles: int) -> tuple[str, ...]:
    """Say how much tile borders show, with the interval that goes with it."""
    if tiles == 1:
        return ("The scene was segmented in one piece, so there are no borders in the map that could show.",)
    if seams is None:
        return ("All borders between tiles lie where the scene holds no data, so none of them can show.",)
    excess, interval = seams["excess"], seams["interval"]
    if excess is None or interval is None:
        return ("Hardly any class changes near a border between tiles, too few to measure whether they show.",)
    (low, high), measured = interval, counted(seams["pixels"], "pixel")
    if low <= 1 and high >= _FAINT:
        verdict = "Borders between tiles show no more than chance would have it."
    elif low <= 1 or excess < _UNSEEN:
        verdict = "Borders between tiles do not show in the map."
    elif excess < _FAINT:
        verdict = "Borders between tiles show faintly in the map."
    else:
        verdict = "Borders between tiles show in the map."
    compared = (
        f"Along them classes change {excess:.3f} times as often as along lines beside them, where 1 would be no"
        f" difference (95 % interval {low:.3f} to {high:.3f}, measured along {measured} of border)."
    )
    return verdict, compared
