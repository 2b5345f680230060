"""The seam excess of a finished map: its tiles are those that its manifest tells, or a lattice that is given."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.errors import ConfigError, InputError
from pipeline.grid import Grid
from pipeline.measure.seams import Seams, measure_seams
from pipeline.raster.labels import read_labels
from pipeline.raster.numbers import open_numbers


@dataclass(frozen=True)
class Lattice:
    """Rows and columns at which tiles begin, and where the map ends."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]


def seams_of(path: Path, rows: Sequence[int], columns: Sequence[int]) -> Seams | None:
    """Measure how much tile borders show in a label raster; None when it is one tile, or borders are in nodata.

    Raises:
        InputError: it cannot be read.
    """
    return measure_seams(partial(read_labels, open_numbers(path)), rows, columns)


def find_lattice(path: Path, size: int | None, offset: tuple[int, int] = (0, 0)) -> Lattice:
    """Find where a label raster's tiles lie.

    Args:
        path: the raster.
        size: side of a tile; None: as the manifest.json beside the raster tells.
        offset: row and column at which a tile begins, with `size` only.

    Raises:
        InputError: there is no such raster, or no manifest of it.
        ConfigError: the offset does not fit the size.
    """
    shape = open_numbers(path).spec.shape
    if size is None:
        return _from_manifest(path, shape)
    if not all(0 <= part < size for part in offset):
        raise ConfigError(f"--offset {offset[0]},{offset[1]}: both must be at least 0 and below --size {size}")
    grid = Grid(shape, size, 0, offset)
    return Lattice(grid.row_edges, grid.column_edges)


def _from_manifest(path: Path, shape: tuple[int, int]) -> Lattice:
    manifest = path.with_name("manifest.json")
    try:
        lattice = TypeAdapter(Lattice).validate_python(json.loads(manifest.read_text(encoding="utf-8"))["grid"])
    except FileNotFoundError:
        raise InputError(f"{path}: there is no manifest.json beside it that tells its tiles; give --size") from None
    except (OSError, ValueError, LookupError, TypeError):
        raise InputError(f"{manifest}: does not tell the tiles of {path.name}; give --size") from None
    if not _fits(lattice, shape):
        raise InputError(f"{manifest}: tells the tiles of another raster than {path.name}; give --size")
    return lattice


def _fits(lattice: Lattice, shape: tuple[int, int]) -> bool:
    return all(
        len(edges) > 1 and edges[0] == 0 and edges[-1] == length and list(edges) == sorted(set(edges))
        for edges, length in zip((lattice.rows, lattice.columns), shape, strict=True)
    )
