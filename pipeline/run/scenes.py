"""Which scenes a command line means, and what each is called."""

import glob
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import InputError

RASTERS = frozenset(
    f".{suffix}"
    for suffix in (
        *("tif", "tiff", "gtif", "gtiff", "vrt", "jp2", "j2k", "jpg", "jpeg", "png", "bmp", "webp"),
        *("img", "ecw", "sid", "ntf", "nitf", "bil", "bip", "bsq", "pix"),
    )
)
"""Suffixes of the files that are taken from a folder."""

# What this program writes; left alone where it stands beside a manifest of ours.
_OUTPUTS = frozenset({"classes.tif", "finest.tif", "objects.tif", "preview.png", "try.png"})
_MASK = re.compile(r"[._-]mask$", re.IGNORECASE)


@dataclass(frozen=True)
class Scene:
    """A scene: its name, which becomes a folder, and what GDAL opens."""

    name: str
    path: str


def find_scenes(arguments: Iterable[str]) -> list[Scene]:
    """Expand files, folders, globs and URLs to scenes, in the order given; a scene named twice is taken once.

    Of a folder, or of what a glob matches, every raster is taken; sidecars, masks (`x_mask.tif`) and our own outputs
    are not.

    Raises:
        InputError: nothing is there, or two scenes would share a name.
    """
    paths = [path for argument in arguments for path in _expand(argument)]
    scenes: dict[str, Scene] = {}
    for path in paths:
        scene = Scene(scene_name(path), path)
        other = scenes.get(scene.name)
        if other is not None and _is_same(other.path, path):
            continue
        if other is not None:
            raise InputError(
                f"{other.path} and {path} would both be written to the folder {scene.name};"
                " run them apart, with different --out"
            )
        scenes[scene.name] = scene
    return list(scenes.values())


def scene_name(path: str) -> str:
    """Return a path's stem with all but letters, digits, `.`, `_` and `-` made `_`."""
    last = (urlsplit(path).path if "://" in path else path).rstrip("/").rsplit("/", 1)[-1]
    stem = last if last.startswith(".") else last.rsplit(".", 1)[0]
    return re.sub(r"[^\w.-]", "_", stem).strip(".") or "scene"


def _expand(argument: str) -> Sequence[str]:
    if not argument:
        raise InputError("a scene's name is empty; give a file, a folder, a glob or a URL")
    if "://" in argument or argument.startswith("/vsi"):
        return [argument]
    if os.path.isdir(argument):  # noqa: PTH112 - says no to what cannot be a path, such as a VRT's text
        found = _in_folder(argument)
        if not found:
            raise InputError(f"{argument}: there is no raster directly in this folder")
        return found
    if not os.path.exists(argument) and glob.has_magic(argument):  # noqa: PTH110
        found = []
        for file in sorted(glob.glob(argument)):  # noqa: PTH207 - the pattern may be absolute
            path = Path(file)
            found += _in_folder(file) if path.is_dir() else [file] if _is_scene(path) else []
        if not found:
            raise InputError(f"{argument}: no raster matches this pattern")
        return found
    return [argument]


def _in_folder(folder: str) -> list[str]:
    try:
        return [str(file) for file in sorted(Path(folder).iterdir()) if _is_scene(file)]
    except OSError as error:
        raise InputError(f"{folder}: cannot be listed ({error.strerror}); make it readable") from None


def _is_same(first: str, second: str) -> bool:
    try:
        return first == second or os.path.samefile(first, second)  # noqa: PTH121 - may be a URL or /vsi path
    except OSError:
        return False


def _is_scene(file: Path) -> bool:
    if file.suffix.lower() not in RASTERS or not file.is_file():
        return False
    if file.name in _OUTPUTS and (file.parent / "manifest.json").exists():
        return False
    return not file.name.startswith(".") and not _MASK.search(file.stem)
