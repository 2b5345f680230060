"""`aerialseg relabel`."""

from pathlib import Path

import click

from pipeline.errors import AerialsegError


@click.command("relabel")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FOLDER...")
@click.option("--classes", "-n", "count", type=int, required=True, metavar="N", help="Number of classes, 2 or more.")
def relabel_command(folders: tuple[Path, ...], count: int) -> int:
    """Choose another number of classes for finished scenes; FOLDER is a scene's folder of results.

    Classes are merged from those of finest.tif, along the tree that the run has made; nothing is segmented again, and
    more classes can be had back. The exit code is 0 when all succeeded, 3 when some of several failed.
    """
    from pipeline.run.relabel import relabel

    failed = False
    for folder in folders:
        try:
            paths = relabel(folder, count)
        except AerialsegError as error:
            if len(folders) == 1:
                raise
            click.echo(error, err=True)
            failed = True
            continue
        for path in paths:
            click.echo(path)
    return 3 if failed else 0
