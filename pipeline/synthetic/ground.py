"""Fields, roads and water: everything that lies flat."""

from math import pi
from typing import NamedTuple

import numpy as np

from pipeline.synthetic.canvas import Canvas
from pipeline.synthetic.cover import Cover
from pipeline.synthetic.layout import Layout
from pipeline.synthetic.noise import Floats, smooth_noise
from pipeline.synthetic.parcel import Use


class Look(NamedTuple):
    """Colour and rows of a crop or a road in even light."""

    colour: tuple[int, int, int]
    varies: float = 0.02
    """By how much parcels of this look differ, as a share."""
    amplitude: float = 0.0
    """Of the rows, as a share of the brightness."""
    rows: float = np.inf
    """Distance of the rows, in pixels."""
    plants: float = np.inf
    """Distance of the gaps within a row, in pixels."""
    tracks: float = 0.0
    """How much darker the tracks of a sprayer are, as a share."""


_TRACKS = 60
"""Distance of the tracks, in pixels."""

# Maize and vines have one colour: only the pattern tells them apart.
_LOOKS = {
    Cover.MEADOW: Look((112, 130, 82), varies=0.07),
    Cover.WHEAT: Look((184, 166, 118), varies=0.05, amplitude=0.05, rows=4, tracks=0.14),
    Cover.SOIL: Look((142, 114, 90), varies=0.08, amplitude=0.07, rows=9),
    Cover.MAIZE: Look((88, 110, 66), amplitude=0.26, rows=6),
    Cover.VINES: Look((88, 110, 66), amplitude=0.30, rows=13, plants=26),
    Cover.ROAD: Look((132, 131, 129)),
}
_MARKING = Look((196, 195, 188))
_DEEP, _SHALLOW = (34, 54, 62), (58, 82, 82)


def paint_ground(rng: np.random.Generator, layout: Layout) -> Canvas:
    """Start a canvas with the parcels of a layout."""
    v, u = layout.warp.frame()
    ids = layout.parcel_ids(v, u)
    truth = np.array([parcel.cover for parcel in layout.parcels], np.uint8)[ids]
    looks = [_MARKING if parcel.use is Use.MARKING else _LOOKS[parcel.cover] for parcel in layout.parcels]

    # Rows run along v in one parcel and along u in the next.
    turned = rng.uniform(size=len(looks))[ids] < 0.5  # noqa: PLR2004 - one in two
    along, across = np.where(turned, v, u), np.where(turned, u, v)
    light = np.cos(along * _table([2 * pi / look.rows for look in looks])[ids])
    light *= np.cos(across * _table([2 * pi / look.plants for look in looks])[ids])
    light *= _table([look.amplitude for look in looks])[ids]
    light -= _table([look.tracks for look in looks])[ids] * (np.mod(along, _TRACKS) < 2)  # noqa: PLR2004 - pixels
    # Moisture and growth.
    light += 1 + 0.05 * smooth_noise(rng, truth.shape, 90) + 0.04 * smooth_noise(rng, truth.shape, 22)

    varies = np.array([look.varies for look in looks])[:, None]
    base = np.array([look.colour for look in looks], np.float64)
    base *= 1 + varies * rng.uniform(-1, 1, (len(looks), 1)) + 0.3 * varies * rng.uniform(-1, 1, base.shape)
    colour = np.stack([_table(band)[ids] * light for band in base.T])
    return Canvas(truth, colour, np.zeros(truth.shape, np.float32))


def paint_water(rng: np.random.Generator, canvas: Canvas) -> None:
    """Flood one corner of the scene up to a winding shore; roads cross on causeways."""
    rows, columns = canvas.truth.shape
    centre_y, centre_x = (
        length * (rng.uniform(0, 0.12) if rng.uniform() < 0.5 else rng.uniform(0.88, 1))  # noqa: PLR2004 - one in two
        for length in (rows, columns)
    )
    y, x = np.arange(rows, dtype=np.float32)[:, None] - centre_y, np.arange(columns, dtype=np.float32) - centre_x
    angle = np.arctan2(y, x).astype(np.float32)
    shore = np.full_like(angle, 1)
    for waves, height in ((3, 0.16), (5, 0.1), (9, 0.04)):
        shore += height * np.sin(waves * angle + np.float32(rng.uniform(0, 2 * pi)))
    shore *= 0.42 * min(rows, columns)
    # Pixels from the shore, positive in the water.
    depth = shore - np.sqrt(y * y + x * x).astype(np.float32)
    land = canvas.truth != Cover.ROAD
    # A strip of meadow, no crop, along the shore.
    bank = land & (depth > -8) & (depth <= 0)  # noqa: PLR2004 - pixels
    canvas.truth[bank] = Cover.MEADOW
    canvas.colour[:, bank] = np.array(_LOOKS[Cover.MEADOW].colour, np.float32)[:, None]
    water = land & (depth > 0)
    canvas.truth[water] = Cover.WATER
    share = np.clip(depth[water] / 60, 0, 1)
    ripple = 1 + 0.03 * smooth_noise(rng, (rows, columns), 40)[water]
    for band, shallow, deep in zip(canvas.colour, _SHALLOW, _DEEP, strict=True):
        band[water] = (shallow + share * (deep - shallow)) * ripple


def _table(values: object) -> Floats:
    return np.asarray(values, np.float32)
