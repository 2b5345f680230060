"""What a colour is called: the nearest, in CIE Lab, of a few colours whose names are agreed on.

They are the ISCC-NBS names (Kelly and Judd, Color: Universal Language and Dictionary of Names, NBS Special Publication
440, 1976) with the sRGB values of their centroids. That system names soils, rocks and plants, so it has words for the
dull colours of the ground. Of its 267 names those are here that people use without it; "moderate", "strong" and
"vivid" are left out. The corners of sRGB stand beside them, which no ground reaches but a palette may.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.colour import to_lab

_CENTROIDS = {
    "black": "222222",
    "dark grey": "555555",
    "grey": "848482",
    "light grey": "b9b8b5",
    "white": "f2f3f4",
    "pinkish grey": "c1b6b3",
    "reddish grey": "8f817f",
    "brownish grey": "5b504f",
    "light brownish grey": "8e8279",
    "yellowish grey": "bfb8a5",
    "olive grey": "57554c",
    "light olive grey": "8a8776",
    "dark greenish grey": "4e5755",
    "greenish grey": "7d8984",
    "light greenish grey": "b2beb5",
    "dark bluish grey": "51585e",
    "bluish grey": "81878b",
    "light bluish grey": "b4bcc0",
    "dark purplish grey": "5d555b",
    "purplish grey": "8b8589",
    "pink": "ffb5ba dea5a4 ea9399",
    "light pink": "f9ccca ead8d7",
    "dark pink": "c08081",
    "greyish pink": "c4aead",
    "red": "ff0000 be0032 bc3f4a ab4e52",
    "dark red": "841b2d 722f37",
    "greyish red": "905d5d",
    "light greyish red": "ad8884",
    "dark greyish red": "543d3f",
    "reddish orange": "e25822 cb6d51",
    "orange": "f38400 ed872d d99058",
    "light orange": "fab57f fad6a5",
    "brownish orange": "ae6938",
    "reddish brown": "882d17 79443b",
    "light reddish brown": "a87c6d",
    "dark reddish brown": "3e1d1e",
    "brown": "80461b 6f4e37 826644 996515",
    "light brown": "a67b5b c19a6b",
    "dark brown": "422518 4b3621",
    "greyish brown": "635147 7e6d5a",
    "light greyish brown": "958070 ae9b82",
    "dark greyish brown": "3e322c 483c32",
    "olive brown": "6c541e",
    "dark olive brown": "3b3121",
    "yellow": "ffff00 f3c300 d4af37 c9ae5d",
    "light yellow": "f8de7e f3e5ab",
    "dark yellow": "ab9144",
    "greyish yellow": "c2b280",
    "dark greyish yellow": "a18f60",
    "greenish yellow": "dcd300 b9b459",
    "dark greenish yellow": "98943e",
    "olive": "665d1e",
    "light olive": "867e36",
    "dark olive": "403d21",
    "greyish olive": "5b5842",
    "light greyish olive": "8c8767",
    "dark greyish olive": "363527",
    "yellow green": "8db600 7e9f2e 8a9a5b",
    "light yellow green": "c9dc89 dadfb7",
    "olive green": "4a5d23 404f00",
    "dark olive green": "2b3d26",
    "greyish olive green": "515744",
    "dark greyish olive green": "31362b",
    "green": "00ff00 008856 27a64c 44944a 679267 3b7861",
    "light green": "83d37d 93c592 6aab8e 8ed1b2",
    "dark green": "00622d 355e3b 1b4d3e 173620",
    "greyish green": "5e716a",
    "light greyish green": "8da399",
    "dark greyish green": "3a4b47",
    "bluish green": "008882 317873",
    "light bluish green": "66ada4 96ded1",
    "dark bluish green": "004b49",
    "greenish blue": "0085a1 367588",
    "light greenish blue": "00ffff 66aabc 9cd1dc",
    "dark greenish blue": "004958",
    "blue": "0000ff 0067a5 4997d0 436b95 545aa7 30267a",
    "light blue": "70a3cc a1caf1 bcd4e6",
    "dark blue": "00304e 252440",
    "greyish blue": "536878 4c516d",
    "light greyish blue": "91a3b0 8c92ac",
    "dark greyish blue": "36454f",
    "purple": "ff00ff 9a4eae 86608e 9065ca 604e81 870074",
    "light purple": "b695c0 8c82b6 d5badb",
    "dark purple": "563c5c 2f2140",
    "greyish purple": "796878",
    "dark greyish purple": "50404d",
}
# A hue has one name over a wide range of lightness, while a little of it tells a grey from a green.
_WEIGHTS = (0.5, 1.0, 1.0)
_NAMES = tuple(name for name, colours in _CENTROIDS.items() for _ in colours.split())
_COLOURS = tuple(tuple(bytes.fromhex(colour)) for colours in _CENTROIDS.values() for colour in colours.split())


def colour_names(colours: Sequence[tuple[int, int, int]]) -> tuple[str, ...]:
    """Name colours.

    Args:
        colours: red, green, blue of 0..255 each.
    """
    if not colours:
        return ()
    distances = np.linalg.norm((lab(colours)[:, None] - lab(_COLOURS)) * _WEIGHTS, axis=2)
    return tuple(_NAMES[place] for place in distances.argmin(1))


def lab(colours: Sequence[tuple[int, ...]]) -> NDArray[np.float64]:
    """Return L, a, b of colours of 0..255 each, (n, 3)."""
    bands = (np.array(colours) / 255).astype(np.float32).T
    return to_lab(bands).T.astype(np.float64)
