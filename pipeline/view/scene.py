"""What is shown of a finished scene."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.errors import InputError
from pipeline.export.report.units import counted
from pipeline.raster.source import Source
from pipeline.raster.webplace import WebPlace, web_place
from pipeline.run.finished import FinishedRun, read_run

MANIFEST = "manifest.json"

_State = tuple[int, int, int]


@dataclass(frozen=True)
class Layer:
    """A map, or the scene itself."""

    name: str
    """Part of its tiles' addresses."""

    title: str
    classes: tuple[tuple[str, tuple[int, int, int]], ...] = ()
    """Title and colour of each class."""


@dataclass(frozen=True)
class ShownScene:
    """A finished scene."""

    run: FinishedRun
    place: WebPlace | None
    """None: it lies nowhere on a web map."""

    @cached_property
    def image(self) -> Source | None:
        """The image that was segmented; None where it is not there any more."""
        try:
            return self.run.image()
        except InputError:
            return None

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """What there is to see on a web map, by its place in the page."""
        if self.place is None:
            return ()
        content, found = self.run.content, []
        for name, entries in (("classes", content["classes"]), ("finest", content["levels"]["finest"])):
            classes = tuple((str(entry["title"]), tuple(entry["colour"])) for entry in entries)
            count = counted(len(entries), "class", "classes")
            title = f"Finest: {count}" if name == "finest" else count
            if (self.run.folder / f"{name}.tif").is_file():
                found.append(Layer(name, title, classes))
        if self.image is not None:
            found.append(Layer("scene", "The scene itself"))
        return tuple(found)


def scene_reader() -> Callable[[Path], ShownScene]:
    """Return a function that reads a scene's folder; it reads it anew only when the manifest is another.

    It raises InputError where the folder holds no whole run.
    """
    known: dict[Path, tuple[_State, ShownScene]] = {}

    def read(folder: Path) -> ShownScene:
        try:
            status = (folder / MANIFEST).stat()
            state = status.st_ino, status.st_size, status.st_mtime_ns
        except OSError:
            # The reader says what is wrong.
            state = (0, 0, 0)
        if folder not in known or known[folder][0] != state:
            run = read_run(folder)
            known[folder] = state, ShownScene(run, web_place(run.style.spec))
        return known[folder][1]

    return read
