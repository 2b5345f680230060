"""The pages: a scene on a map, the scenes of a folder; their styles and scripts are files of their own."""

from importlib.resources import files
from typing import Any
from urllib.parse import quote

from pipeline.errors import InputError
from pipeline.export.report.page import read_asset, templates
from pipeline.view.scene import ShownScene
from pipeline.view.site import Site
from pipeline.view.tiles import most_zoom

ASSETS = "_view"
"""Folder of styles and scripts in addresses; what is in it has no name that a run gives."""

_PACKAGE, _FOLDER = "pipeline.view", "page"
_OWN = ("icon.svg", "view.css", "mercator.js", "tiles.js", "view.js", "input.js", "page.js")
# Of the report: colours, type, buttons on a map and the list of scenes are the same.
_SHARED = ("base.css", "index.css", "tools.css")


def find_asset(name: str) -> str | None:
    """Return the text of a style or script."""
    if name in _OWN:
        return files(_PACKAGE).joinpath(_FOLDER, name).read_text(encoding="utf-8")
    return read_asset(name) if name in _SHARED else None


def scene_page(site: Site, name: str | None, scene: ShownScene) -> str:
    """Return the page of a scene.

    Args:
        site: that it belongs to.
        name: of the scene, where there are several.
        scene: what is shown.
    """
    present = {file: site.output(name, file) is not None for file in ("report.html", "preview.png")}
    return _fill(
        "scene.html",
        root="" if name is None else "../",
        name=scene.run.name,
        scene=scene,
        most=most_zoom(scene),
        base=site.base,
        several=name is not None,
        present=present,
        image=str(scene.run.content["scene"]["path"]),
    )


def list_page(site: Site) -> str:
    """Return the page that leads to the scenes of a folder."""
    entries = []
    for name in site.names():
        try:
            count, reason = len(site.scene(name).run.content["classes"]), ""
        except InputError as error:
            count, reason = 0, str(error)
        outputs = {file: site.output(name, file) is not None for file in ("report.html", "preview.png")}
        entries.append({"name": name, "link": f"{quote(name)}/", "count": count, "reason": reason, "outputs": outputs})
    return _fill("list.html", root="", name=site.folder.name, entries=entries)


def _fill(template: str, **content: Any) -> str:  # noqa: ANN401
    return templates(_PACKAGE, _FOLDER).get_template(template).render(assets=ASSETS, **content)
