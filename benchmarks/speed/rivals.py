"""Programs that segment large images without any network; each is optional."""

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.speed.case import Bench, Case, Details
from benchmarks.speed.command import run
from benchmarks.speed.figures import Figures

Words = Callable[[Path, Path], Sequence[str]]
"""From an image and a folder for what it makes to the words of a command."""

_OTB = "otbcli_LargeScaleMeanShift"
_GRASS = """set -e
r.in.gdal -o -k input={image} output=scene memory=1000
g.region raster=scene.1
i.group group=bands subgroup=bands input=$(g.list type=raster pattern='scene.*' separator=comma)
{segment}
r.out.gdal -c -f input=segments output={out} format=GTiff type=Int32 createopt=COMPRESS=DEFLATE,TILED=YES
"""
_SEGMENT = "i.segment group=bands output=segments threshold=0.05 minsize=64 memory=2000"
_SLIC = "i.superpixels.slic input=bands output=segments step=10 minsize=16 memory=2000"


def rivals(megapixels: float, runs: int, interpreter: str) -> list[Case]:
    """Return the cases of all rivals.

    Args:
        megapixels: of the image that they get.
        runs: of each.
        interpreter: a Python that has pyshepseg, and GDAL's own bindings, which it needs.
    """
    grass = _version(["grass", "--version"]) if shutil.which("grass") else ""
    otb = _version([_OTB, "-help"]) if shutil.which(_OTB) else ""
    shepherd = _version(
        [interpreter, "-c", "from pyshepseg import tiling; import pyshepseg as p; print(p.__version__)"]
    )
    scikit = _package("scikit-image")
    found: list[tuple[str, str, str, Words, float, str]] = [
        ("otb", f"OTB LargeScaleMeanShift {otb}", otb, _otb, 12.0, "`otb-bin` and `libotb-apps` of Debian"),
        ("grass", f"GRASS i.segment {grass}", grass, partial(_grass, _SEGMENT), 14.0, "`grass-core` of Debian"),
        (
            *("grass-slic", f"GRASS i.superpixels.slic {grass}", grass if _has_slic() else "", partial(_grass, _SLIC)),
            *(1.5, "the addon `i.superpixels.slic` of GRASS"),
        ),
        ("pyshepseg", f"pyshepseg {shepherd}", shepherd, partial(_shepherd, interpreter), 2.0, "pyshepseg"),
        ("felzenszwalb", f"scikit-image felzenszwalb {scikit}", scikit, partial(_scikit, "felzenszwalb"), 3.0, ""),
        ("slic", f"scikit-image slic {scikit}", scikit, partial(_scikit, "slic"), 1.0, ""),
    ]
    return [
        Case(
            f"rival-{name}",
            title.strip(),
            megapixels,
            partial(_segment, words=words, megapixels=megapixels),
            {"version": there},
            5 + each * megapixels,
            runs,
            "" if there else f"{package} is not installed",
        )
        for name, title, there, words, each, package in found
    ]


def _segment(bench: Bench, words: Words, megapixels: float) -> tuple[Figures, Details]:
    image = bench.scene.cut(megapixels, bench.scratch)
    with tempfile.TemporaryDirectory(dir=bench.scratch) as folder:
        figures, _ = run(words(image, Path(folder)))
        made = [path for path in Path(folder).glob("segments*.tif") if path.stat().st_size]
        if not made:
            raise RuntimeError(f"{words}: it ended well and made no segments")
    return figures, {}


def _otb(image: Path, folder: Path) -> list[str]:
    settings = {"spatialr": 5, "ranger": 15, "minsize": 50, "tilesizex": 500, "tilesizey": 500, "mode": "raster"}
    words = [word for name, value in settings.items() for word in (f"-{name}", str(value))]
    return [_OTB, "-in", str(image), *words, "-mode.raster.out", str(folder / "segments.tif"), "uint32"]


def _grass(segment: str, image: Path, folder: Path) -> list[str]:
    script = folder / "script.sh"
    script.write_text(_GRASS.format(image=image, segment=segment, out=folder / "segments.tif"), encoding="utf-8")
    return ["grass", "--tmp-location", str(image), "--exec", "bash", str(script)]


def _shepherd(interpreter: str, image: Path, folder: Path) -> list[str]:
    return [interpreter, "-m", "benchmarks.speed.programs.shepherd", str(image), str(folder / "segments.tif")]


def _scikit(method: str, image: Path, folder: Path) -> list[str]:
    program = "benchmarks.speed.programs.scikit"
    return [sys.executable, "-m", program, method, str(image), str(folder / "segments.tif")]


def _has_slic() -> bool:
    homes = [*Path("/usr/lib").glob("grass*/bin"), *Path.home().glob(".grass*/addons/bin")]
    return any((home / "i.superpixels.slic").exists() for home in homes)


def _version(words: Sequence[str]) -> str:
    try:
        told = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own command
    except OSError:
        return ""
    # A program that only prints its help may call that a failure; a Python that lacks a package prints nothing.
    found = re.search(r"\d+\.\d+(\.\d+)?", told.stdout or ("" if words[1] == "-c" else told.stderr))
    return found[0] if found else ""


def _package(name: str) -> str:
    try:
        return version(name) if importlib.util.find_spec("skimage") else ""
    except PackageNotFoundError:
        return ""
