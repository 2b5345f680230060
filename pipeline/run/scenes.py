"""Which scenes a command line means, and what each is called."""

import glob
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import InputError

_RASTERS = frozenset(
    f".{suffix}"
    for suffix in (
        *("tif", "tiff", "gtif", "gtiff", "vrt", "jp2", "j2k", "jpg", "jpeg", "png", "bmp", "webp"),
        *("img", "ecw", "sid", "ntf", "nitf", "bil", "bip", "bsq", "pix"),
    )
)
# What this program writes; left alone where it stands beside a manifest of ours.
_OUTPUTS = frozenset({"classes.tif", "objects.tif", "preview.png"})
_MASK = re.compile(r"[._-]mask$", re.IGNORECASE)


@dataclass(frozen=True)
class Scene:
    """A scene: its name, which becomes a folder, and what GDAL opens."""

    name: str
    path: str


def find_scenes(arguments: Iterable[str]) -> list[Scene]:
    """Expand files, folders, globs and URLs to scenes, in the order given.

    Of a folder every raster directly in it is taken; sidecars, masks (`x_mask.tif`) and our own outputs are not.

    Raises:
        InputError: nothing is there, or two scenes would share a name.
    """
    paths = [path for argument in arguments for path in _expand(argument)]
    scenes: dict[str, Scene] = {}
    for path in dict.fromkeys(paths):
        scene = Scene(scene_name(path), path)
        other = scenes.get(scene.name)
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
    if "://" in argument or argument.startswith("/vsi"):
        return [argument]
    path = Path(argument)
    if path.is_dir():
        found = [str(file) for file in sorted(path.iterdir()) if _is_scene(file)]
        if not found:
            raise InputError(f"{argument}: there is no raster directly in this folder")
        return found
    if not path.exists() and glob.has_magic(argument):
        found = [file for file in sorted(glob.glob(argument)) if Path(file).is_dir() or _is_scene(Path(file))]  # noqa: PTH207 - the pattern may be absolute
        if not found:
            raise InputError(f"{argument}: no raster matches this pattern")
        return [scene for file in found for scene in _expand(file)]
    return [argument]


def _is_scene(file: Path) -> bool:
    if file.suffix.lower() not in _RASTERS or not file.is_file():
        return False
    if file.name in _OUTPUTS and (file.parent / "manifest.json").exists():
        return False
    return not file.name.startswith(".") and not _MASK.search(file.stem)
