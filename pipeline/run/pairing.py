"""Which truth belongs to which map of labels."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError
from pipeline.raster.numbers import count_bands
from pipeline.raster.vector import VECTORS
from pipeline.run.scenes import RASTERS

_MAP = "classes.tif"


@dataclass(frozen=True)
class Pair:
    """A map of labels and its truth."""

    name: str
    labels: str
    truth: str


def find_pairs(labels: str, truth: str) -> list[Pair]:
    """Pair two files, or the files of two folders by their names.

    In the folder of labels every folder with a `classes.tif` is a map of that folder's name; where there is none,
    every raster directly in it is a map. A truth belongs to the map with which it has the longest stem in common: one
    of both names must go on, if at all, behind a character that is neither a letter nor a digit (`a` and
    `a_buildings`). Rasters of several bands are pictures, neither map nor truth.

    Raises:
        InputError: one is a folder and one is not, a map has no truth or more than one, or a truth more than one map.
    """
    folders = [Path(path) for path in (labels, truth) if Path(path).is_dir()]
    if not folders:
        file = Path(labels)
        return [Pair(file.absolute().parent.name if file.name == _MAP else file.stem, labels, truth)]
    if len(folders) == 1:
        raise InputError(f"{folders[0]}: is a folder, so the other must be one, too; give two files or two folders")
    maps, truths = _maps(folders[0]), _by_stem(folders[1], RASTERS | VECTORS)
    if not maps:
        raise InputError(f"{labels}: holds no map of labels, neither <scene>/{_MAP} nor rasters")
    chosen = match_names(maps, truths, lambda why: InputError(f"{truth}: {why}"))
    return [Pair(name, maps[name], truths[chosen[name]]) for name in maps]


def match_names(maps: Iterable[str], truths: Iterable[str], complain: Callable[[str], InputError]) -> dict[str, str]:
    """Return the truth of each map, by their names; `complain` makes the error from a reason."""
    rest, left, chosen = list(maps), list(truths), dict[str, str]()
    common = {(one, other): _common(one, other) for one in rest for other in left}
    for length in sorted(set(common.values()) - {0}, reverse=True):
        level = [pair for pair, shared in common.items() if shared == length and pair[0] in rest and pair[1] in left]
        for place in (0, 1):
            names = [pair[place] for pair in level]
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                others = " and ".join(sorted(pair[1 - place] for pair in level if pair[place] == twice))
                raise complain(
                    f"{twice} could belong to {others}; rename files so that each map has one truth of its name"
                )
        for one, other in level:
            chosen[one] = other
            rest.remove(one)
            left.remove(other)
    if rest:
        raise complain(f"there is no truth for {', '.join(rest)}; a truth's name begins with that of its scene")
    return chosen


def _common(one: str, other: str) -> int:
    """Return the length of the common stem: of the shorter name, if the longer one is it and something more.

    Equal names have more in common than any others.
    """
    short, long = sorted((one, other), key=len)
    if one == other:
        return 2 * len(one) + 1
    return 2 * len(short) if long.startswith(short) and not long[len(short)].isalnum() else 0


def _maps(folder: Path) -> Mapping[str, str]:
    found = {file.parent.name: str(file) for file in sorted(folder.glob(f"*/{_MAP}"))}
    return found or _by_stem(folder, RASTERS)


def _by_stem(folder: Path, suffixes: frozenset[str]) -> dict[str, str]:
    """List the files of a folder by their stems; pictures are left out."""
    found: dict[str, str] = {}
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"{folder}: cannot be listed ({error.strerror}); make it readable") from None
    for file in files:
        suffix = file.suffix.lower()
        if suffix not in suffixes or file.name.startswith(".") or (suffix in RASTERS and count_bands(file) != 1):
            continue
        if file.stem in found:
            raise InputError(f"{found[file.stem]} and {file} have one stem; keep one of them in the folder")
        found[file.stem] = str(file)
    return found
