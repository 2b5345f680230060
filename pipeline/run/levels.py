"""The finest classes of a run, and all that can be merged from them, as the manifest tells them."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from pipeline.stitch.classes import Classes
from pipeline.stitch.levels import Finest, Level, all_levels
from pipeline.stitch.titles import titles_of
from pipeline.stitch.tree import Tree

Entry = dict[str, Any]


def class_entries(classes: Classes, pixels: Iterable[int]) -> list[Entry]:
    """Describe the classes of a map, class 1 first."""
    counts = tuple(pixels)
    roughness = classes.roughness or (None,) * len(classes)
    columns = (classes.names, titles_of(classes, counts), classes.colours, roughness, counts, _shares(counts))
    keys = ("name", "title", "colour", "roughness", "pixels", "share")
    return [
        {"value": value, **dict(zip(keys, row, strict=True))}
        for value, row in enumerate(zip(*columns, strict=True), start=1)
    ]


def levels_entry(finest: Finest) -> Entry:
    """Describe the tree: its merges, the finest classes with the class of each at every level, and the levels."""
    levels = all_levels(finest.classes, finest.tree)
    entries = class_entries(finest.classes, finest.pixels)
    for place, (entry, weight) in enumerate(zip(entries, finest.tree.shares, strict=True), start=1):
        entry["weight"] = weight
        entry["at"] = [int(level.lookup[place]) for level in levels]
    return {
        "merges": finest.tree.merges,
        "finest": entries,
        "levels": [_level_entry(level, level.pixels(finest.pixels)) for level in levels],
    }


def read_levels(entry: Entry) -> Finest:
    """Read back what `levels_entry` has described.

    Raises:
        ValueError, LookupError, TypeError: it is not of that form.
    """
    finest = entry["finest"]
    classes = Classes(
        TypeAdapter(tuple[str, ...]).validate_python([one["name"] for one in finest]),
        TypeAdapter(tuple[tuple[int, int, int], ...]).validate_python([one["colour"] for one in finest]),
        _roughness([one.get("roughness") for one in finest]),
    )
    shares = TypeAdapter(tuple[float, ...]).validate_python([one["weight"] for one in finest])
    merges = TypeAdapter(tuple[tuple[int, int], ...]).validate_python(entry["merges"])
    pixels = TypeAdapter(tuple[int, ...]).validate_python([one["pixels"] for one in finest])
    return Finest(classes, Tree(shares, merges), pixels)


def _roughness(values: list[Any]) -> tuple[float, ...] | None:
    """Return what is known of all; runs of earlier versions did not tell it."""
    return None if None in values else TypeAdapter(tuple[float, ...]).validate_python(values)


def _level_entry(level: Level, pixels: tuple[int, ...]) -> Entry:
    return {
        "classes": len(level.classes),
        "lookup": level.lookup[1:].tolist(),
        "names": level.classes.names,
        "colours": level.classes.colours,
        "pixels": pixels,
        "shares": _shares(pixels),
    }


def _shares(pixels: tuple[int, ...]) -> list[float]:
    valid = max(sum(pixels), 1)
    return [round(count / valid, 6) for count in pixels]
