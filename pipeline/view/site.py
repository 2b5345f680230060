"""What there is to serve: one scene or several, and of each no file but its outputs."""

from pathlib import Path

from pipeline.errors import InputError
from pipeline.export.catalogue import PRODUCTS
from pipeline.export.report.index import INDEX
from pipeline.export.stac.collection import COLLECTION
from pipeline.view.basemap import BaseMap
from pipeline.view.scene import MANIFEST, ShownScene, scene_reader

_ALWAYS = ("classes.tif", "finest.tif", "preview.png", "prior.pt", "run.json", MANIFEST)
OUTPUTS = frozenset((*_ALWAYS, *(name for product in PRODUCTS for name in product.files)))
"""Names of all that a run may leave in a scene's folder."""

_ABOVE = frozenset((INDEX, COLLECTION))


class Site:
    """A folder of results; what is in it is looked up anew every time, since runs and relabellings go on."""

    def __init__(self, folder: Path, base: BaseMap | None = None) -> None:
        """Look at a folder.

        Args:
            folder: a scene's folder of results, or the folder above with several.
            base: map to lie below the classes.

        Raises:
            InputError: it is neither.
        """
        self.folder = folder.resolve()
        self.base = base
        self._read = scene_reader()
        self.alone = (self.folder / MANIFEST).is_file()
        """Whether it is the folder of one scene."""
        if self.alone:
            self._read(self.folder)
        elif not self.names():
            raise InputError(
                f"{folder}: holds no manifest.json, nor does a folder in it; name a folder that `segment` has made"
            )

    def names(self) -> list[str]:
        """Return the names of the scenes' folders, of a folder of several."""
        if self.alone:
            return []
        try:
            folders = [path for path in self.folder.iterdir() if (path / MANIFEST).is_file()]
        except OSError:
            return []
        return sorted(path.name for path in folders if path.resolve() == self.folder / path.name)

    def scene(self, name: str | None) -> ShownScene:
        """Return a scene: the one that there is, or one of several by its name.

        Raises:
            InputError: it is not whole.
        """
        return self._read(self.folder if name is None else self.folder / name)

    def output(self, scene: str | None, name: str) -> Path | None:
        """Return the place of an output; None unless it is one and is there.

        Args:
            scene: name of the scene; None: the one that there is, or, of several, the folder above them.
            name: of the file.
        """
        if name not in (OUTPUTS if self.alone or scene is not None else _ABOVE):
            return None
        path = (self.folder if scene is None else self.folder / scene) / name
        # A link may lead anywhere.
        return path if path.is_file() and path.resolve() == path else None
