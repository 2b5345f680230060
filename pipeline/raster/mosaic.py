"""Rasters that touch or overlap, read as one.

A mosaic is not a VRT of GDAL's: that chooses band by band, and so mixes the bands of two files where one band alone has
the nodata value; it knows no nodata of the configuration's; and a plan would have to write files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from pipeline.box import Box
from pipeline.raster.source import Piece, Source


def mosaic(pieces: Sequence[Piece]) -> Source:
    """Return several files as one raster; of a single one, the file itself.

    Args:
        pieces: undermost first, with boxes counted from the mosaic's corner; all on one lattice of pixels, and alike
            in channels and type.
    """
    first = pieces[0]
    if len(pieces) == 1:
        return first.source
    bottom, right = max(piece.box.bottom for piece in pieces), max(piece.box.right for piece in pieces)
    box = Box(0, 0, bottom, right).shifted(-first.box.top, -first.box.left)
    return replace(first.source, spec=first.source.spec.windowed(box), pieces=tuple(pieces))


def members(whole: Source, reaches: Sequence[Box]) -> Iterator[Source]:
    """Yield the files of a mosaic, each as a scene that sees its neighbours.

    Args:
        whole: the mosaic, or a single file.
        reaches: all that will be read of each piece and around it, counted from the mosaic's corner; files that lie
            beyond are left out.

    Yields:
        A piece's file, window and place, with pixels that are the mosaic's.
    """
    if not whole.pieces:
        yield whole
        return
    edges = np.array([(piece.box.top, piece.box.left, piece.box.bottom, piece.box.right) for piece in whole.pieces])
    for own, reach in zip(whole.pieces, reaches, strict=True):
        within = (edges[:, :2] < (reach.bottom, reach.right)) & (edges[:, 2:] > (reach.top, reach.left))
        up, left = -own.box.top, -own.box.left
        near = [whole.pieces[number] for number in np.flatnonzero(within.all(axis=1))]
        yield replace(
            own.source,
            pieces=tuple(replace(piece, box=piece.box.shifted(up, left)) for piece in near),
            around=whole.spec.scene.shifted(up, left),
        )
