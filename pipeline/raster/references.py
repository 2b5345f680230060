"""What a raster file refers to: files and servers that hold its pixels, by way of other descriptions too."""

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pipeline.errors import InputError
from pipeline.raster.dataset import opened, state
from pipeline.raster.remote import DRIVERS, find_name, is_remote

# Of a VRT as GDAL writes it: files are named by these elements; nothing else is told by those, which may hold any text.
_FILES = frozenset({"SourceFilename", "SourceDataset", "Input"})
_TEXTS = frozenset({"Description", "UnitType", "CategoryNames", "GDALRasterAttributeTable", "GCPList", "ColorTable"})
# Metadata of which GDAL makes files.
_FILE_ITEMS = re.compile(r"_(FILE|DATASET|DEM)$", re.IGNORECASE)
_HEAD, _MOST = 1024, 64 * 2**20
_NAMESPACE = re.compile(r"""(xmlns(:\w+)?|xsi:schemaLocation)\s*=\s*(["']).*?\3""", re.DOTALL)


@dataclass(frozen=True)
class Reference:
    """One thing that a file refers to."""

    file: str
    """That refers to it."""

    name: str
    """An absolute path, or what else GDAL opens."""

    kind: Literal["VRT", "text", "other"]
    """What a file of that name is by its first bytes; a text may refer to more, in a way of its own."""

    @property
    def is_remote(self) -> bool:
        """Whether it is fetched from the network."""
        return is_remote(self.name)

    @property
    def is_missing(self) -> bool:
        """Whether it is a plain file that is not there."""
        # A name with a colon may be a driver's, such as NETCDF:file.nc:variable.
        return not (self.name.startswith(("/vsi", "<")) or ":" in self.name or os.path.lexists(self.name))


def references(path: str, *, remote: bool = False) -> tuple[Reference, ...]:
    """Return what a VRT refers to, and what VRTs among that refer to, each once; of other formats nothing.

    Args:
        path: what GDAL opens.
        remote: whether the network may be used.

    Raises:
        InputError: it, or a VRT that it refers to, cannot be opened.
    """
    found: dict[Reference, None] = {}
    waiting, seen = [path], {path}
    while waiting:
        file = waiting.pop()
        for name in _names(file, remote=remote):
            one = Reference(file, name, _kind(name))
            found[one] = None
            if one.kind == "VRT" and name not in seen:
                seen.add(name)
                waiting.append(name)
    return tuple(found)


def remote_reference(path: str) -> Reference | None:
    """Return a remote thing that a local file refers to, directly or by way of another; None: there is none.

    Raises:
        InputError: the file, or a VRT that it refers to, cannot be opened, and none of them names anything remote.
    """
    try:
        with opened(path) as dataset:
            driver = str(dataset.driver)
        found = references(path)
    except InputError:
        # GDAL may have failed for want of the network.
        told = _told(path)
        if told is None:
            raise
        return told
    if driver in DRIVERS:
        return _told(path) or Reference(path, f"a server, which GDAL's driver {driver} asks", "other")
    if driver != "VRT":
        return _told(path)
    for one in found:
        told = one if one.is_remote else _told(one.name) if one.kind == "text" else None
        if told is not None:
            return told
    return None


def _names(file: str, *, remote: bool) -> tuple[str, ...]:
    """Return what one VRT refers to, each once."""
    return _names_of_state(file, remote, state(file))


@lru_cache(maxsize=32)
def _names_of_state(file: str, remote: bool, _state: tuple[int, ...]) -> tuple[str, ...]:  # noqa: FBT001 - a key
    with opened(file, remote=remote) as dataset:
        # As GDAL understood it, so that no other reading of the file can differ.
        text = dataset.tags(ns="xml:VRT").get("xml:VRT") if dataset.driver == "VRT" else None
    if text is None:
        return ()
    # As GDAL does, from where a link points.
    folder = Path(os.path.realpath(file)).parent
    named = dict.fromkeys(_named(ET.fromstring(text)))  # noqa: S314 - see above
    return tuple(dict.fromkeys(_absolute(name, folder, relative=relative) for name, relative in named))


def _named(root: ET.Element) -> Iterator[tuple[str, bool]]:
    """Yield names of files and servers, and whether they count from the VRT's folder."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag == "Metadata":
            yield from ((item.text, False) for item in element.iter("MDI") if item.text and _is_file_item(item))
            continue
        if element.tag in _TEXTS or element.tag.endswith("SRS"):
            continue
        text = (element.text or "").strip()
        if text and (element.tag in _FILES or is_remote(text)):
            yield text, element.get("relativeToVRT") == "1"
        yield from ((value, False) for value in element.attrib.values() if is_remote(value))
        waiting += reversed(element)


def _is_file_item(item: ET.Element) -> bool:
    return _FILE_ITEMS.search(item.get("key", "")) is not None


def _absolute(name: str, folder: Path, *, relative: bool) -> str:
    if is_remote(name) or name.startswith(("/", "<")) or (":" in name and not relative):
        return name
    return os.path.normpath(folder / name) if relative else os.path.abspath(name)  # noqa: PTH100 - may be no path


def _kind(name: str) -> Literal["VRT", "text", "other"]:
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - may be no path
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return "other"
    if b"<VRTDataset" in head:
        return "VRT"
    return "text" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{")) else "other"


def _told(path: str) -> Reference | None:
    """Look for a remote name in a file that is a text (XML or JSON), whatever it means."""
    if _kind(path) == "other":
        return None
    with Path(path).open("rb") as file:
        text = file.read(_MOST).decode("utf-8", "replace")
    name = find_name(_NAMESPACE.sub("", text).replace("&amp;", "&"))
    return None if name is None else Reference(path, name, "other")
