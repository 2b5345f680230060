"""The map that a user names to lie below the classes; without one no other machine is asked for anything."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.errors import ConfigError

_NAMES = ("{z}", "{x}", "{y}")
# Host and port. It goes into a header, so nothing else may be in it; a content security policy has no IPv6 addresses.
_PLACE = re.compile(r"[A-Za-z0-9._-]+(?::[0-9]{1,5})?")
_ALLOWED = re.compile(r"[!#$&-;=?-Z_a-z~{}%]+")


@dataclass(frozen=True)
class BaseMap:
    """Tiles of a map on another server."""

    template: str
    """Address of a tile, with {z}, {x} and {y} for its zoom, column and row."""

    origin: str
    """Scheme, host and port."""

    @property
    def host(self) -> str:
        """Whose map it is, for people."""
        return urlsplit(self.origin).netloc


def read_base(template: str) -> BaseMap:
    """Take a base map's address.

    Raises:
        ConfigError: it is none.
    """
    try:
        parts = urlsplit(template)
        place = parts.netloc if parts.scheme in ("http", "https") else ""
    except ValueError:
        place = ""
    if not (_PLACE.fullmatch(place) and _ALLOWED.fullmatch(template)):
        raise ConfigError(
            f"--base {template}: is not the address of map tiles; give one such as https://host/{{z}}/{{x}}/{{y}}.png"
        )
    missing = [name for name in _NAMES if name not in template]
    if missing:
        raise ConfigError(f"--base {template}: has no {missing[0]}; put it where a tile's zoom, column or row belongs")
    other = re.sub(r"\{[xyz]\}", "", template)
    if "{" in other or "}" in other:
        raise ConfigError(f"--base {template}: only {', '.join(_NAMES)} are filled in; write anything else out")
    return BaseMap(template, f"{parts.scheme}://{place}")
