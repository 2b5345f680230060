"""`aerialseg view`."""

from pathlib import Path

import click


@click.command("view")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Port to serve on (default: a free one).")
@click.option(
    "--base", metavar="URL", help="Lay the classes over this map: the address of its tiles, with {z}, {x} and {y}."
)
@click.option("--open/--no-open", "browse", default=False, help="Open the page in a browser.  [default: no-open]")
def view_command(folder: Path, *, port: int | None, base: str | None, browse: bool) -> None:
    """Show finished scenes on a map in the browser, with their reports; Ctrl-C ends it.

    FOLDER is a scene's folder of results, or the folder above with several. The address is printed. It answers on
    this machine only (127.0.0.1), and nothing is asked of other machines, unless --base names one that has a map,
    such as https://tile.openstreetmap.org/{z}/{x}/{y}.png. Map tiles have addresses that QGIS takes, too.
    """
    from pipeline.view.basemap import read_base
    from pipeline.view.server import serve
    from pipeline.view.site import Site

    site = Site(folder, None if base is None else read_base(base))

    def told(address: str) -> None:
        click.echo(address)
        if browse:
            click.launch(address)

    serve(site, port or 0, told)
