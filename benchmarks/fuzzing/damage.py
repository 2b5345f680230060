"""Ways to damage a raster file: its header, its tags, its bytes, its text."""

import re
import struct
from collections.abc import Callable
from random import Random

Damage = Callable[[bytearray, Random], bytearray]

# Numbers at which something turns: signs, widths of integers, nothing, nearly nothing.
_TURNS = (0, 1, 2, 3, 7, 8, 15, 16, 17, 127, 128, 255, 256, 512, 4096, 32767, 32768, 65534, 65535)
_WIDE = (*_TURNS, 2**20, 2**24, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1)
_TEXTS = (
    *("0", "-1", "1e400", "-1e400", "nan", "inf", "1e-320", "65535", "2147483647", "4294967296", "1" * 400, "", " "),
    *("NaN", "../../etc/passwd", '"><script>', "\x01", "é", "%s%n", "Float64", "CInt16", "UInt64", "Byte"),
)
# Tags that GDAL decides most by: sizes, samples, compression, strips and tiles, geography, nodata.
_KEYS = (
    *(256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 322, 323, 324, 325, 338, 339, 320, 330, 347),
    *(33550, 33922, 34264, 34735, 34736, 34737, 42112, 42113, 50844),
)
_HEAD = 1024


def damage(content: bytes, random: Random) -> bytes:
    """Return a file's bytes damaged in one to four ways."""
    changed = bytearray(content)
    ways = _TEXT_WAYS if content.lstrip()[:1] == b"<" else _BYTE_WAYS
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        if not changed:
            break
        changed = random.choice(ways)(changed, random)
    return bytes(changed)


def _tag(content: bytearray, random: Random) -> bytearray:
    """Change type, count, value or number of a tag of a TIFF."""
    order = {b"II": "<", b"MM": ">"}.get(bytes(content[:2]))
    if order is None or len(content) < 16:  # noqa: PLR2004 - a header
        return _bytes(content, random)
    big = struct.unpack_from(order + "H", content, 2)[0] == 43  # noqa: PLR2004 - the number of BigTIFF
    start = struct.unpack_from(order + ("Q" if big else "I"), content, 8 if big else 4)[0]
    head, size, wide = (8, 20, "Q") if big else (2, 12, "I")
    if start + head > len(content):
        return _bytes(content, random)
    count = struct.unpack_from(order + ("Q" if big else "H"), content, start)[0]
    places = [start + head + size * number for number in range(min(count, 100))]
    places = [place for place in places if place + size <= len(content)]
    keyed = [place for place in places if struct.unpack_from(order + "H", content, place)[0] in _KEYS]
    if not places:
        return _bytes(content, random)
    place = random.choice(keyed or places)
    what = random.randrange(5)
    if what == 0:
        struct.pack_into(order + "H", content, place, random.choice(_KEYS))
    elif what == 1:
        struct.pack_into(order + "H", content, place + 2, random.randrange(20))
    elif what == 2:  # noqa: PLR2004
        struct.pack_into(order + wide, content, place + 4, random.choice(_WIDE))
    elif what == 3:  # noqa: PLR2004
        struct.pack_into(order + "H", content, place + (12 if big else 8), random.choice(_TURNS))
    else:
        struct.pack_into(order + wide, content, place + (12 if big else 8), random.choice(_WIDE))
    return content


def _bytes(content: bytearray, random: Random) -> bytearray:
    """Set a few bytes of the header."""
    for _ in range(random.choice((1, 2, 8))):
        content[random.randrange(min(len(content), _HEAD))] = random.choice(
            (0, 1, 127, 128, 255, random.randrange(256))
        )
    return content


def _anywhere(content: bytearray, random: Random) -> bytearray:
    """Set a few bytes, wherever they are."""
    for _ in range(random.choice((1, 4, 32))):
        content[random.randrange(len(content))] = random.randrange(256)
    return content


def _number(content: bytearray, random: Random) -> bytearray:
    """Overwrite two, four or eight bytes by a number at which something turns."""
    form = random.choice(("<H", "<I", "<Q", ">H", ">I", "<d"))
    if len(content) < struct.calcsize(form):
        return content
    place = random.randrange(min(len(content) - struct.calcsize(form) + 1, 4 * _HEAD))
    numbers: tuple[float, ...] = _TURNS if form[1] == "H" else _WIDE
    if form == "<d":
        numbers = (0.0, -1.0, float("nan"), float("inf"), 1e308, 5e-324)
    struct.pack_into(form, content, place, random.choice(numbers))
    return content


def _cut(content: bytearray, random: Random) -> bytearray:
    """Leave the end out."""
    return content[: random.choice((random.randrange(len(content)), random.randrange(min(len(content), 200))))]


def _hole(content: bytearray, random: Random) -> bytearray:
    """Blank, remove or repeat a part."""
    first = random.randrange(len(content))
    last = min(first + random.choice((1, 16, 256, 4096)), len(content))
    part = random.choice((bytes(last - first), b"", b"\xff" * (last - first), bytes(content[first:last]) * 2))
    return content[:first] + part + content[last:]


def _texts(content: bytearray, random: Random) -> bytearray:
    """Put something else in the place of a value of a text."""
    found = list(re.finditer(rb"(?<=\")[^\"<>]*(?=\")|(?<=>)[^<>]+(?=<)", content))
    if not found:
        return content
    one = random.choice(found)
    return content[: one.start()] + random.choice(_TEXTS).encode() + content[one.end() :]


def _elements(content: bytearray, random: Random) -> bytearray:
    """Remove or repeat an element of a text."""
    found = list(re.finditer(rb"<(\w+)[^<>]*>[^<>]*</\1>|<\w+[^<>]*/>", content))
    if not found:
        return content
    one = random.choice(found)
    return content[: one.start()] + one[0] * random.choice((0, 0, 2, 50)) + content[one.end() :]


_BYTE_WAYS: tuple[Damage, ...] = (_tag, _tag, _tag, _tag, _bytes, _anywhere, _number, _number, _cut, _hole)
_TEXT_WAYS: tuple[Damage, ...] = (_texts, _texts, _texts, _elements, _elements, _anywhere, _cut, _hole)
