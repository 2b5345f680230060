"""`aerialseg segment`."""

from typing import Any

import click

from pipeline.cli.options import read_request, run_options


@click.command("segment")
@click.argument("scenes", nargs=-1, required=True, metavar="SCENE...")
@run_options
def segment_command(scenes: tuple[str, ...], **arguments: Any) -> int:  # noqa: ANN401 - options of several types
    """Segment scenes: files, folders of files, globs or URLs; any raster that GDAL opens.

    Each gets a folder of results below --out. The exit code is 0 when all succeeded, 3 when some of several failed.
    """
    from pipeline.run.dataset import segment_scenes
    from pipeline.run.scenes import find_scenes

    request = read_request(arguments)
    outcomes = segment_scenes(
        find_scenes(scenes), request.config, request.options, lambda line: click.echo(line, err=True)
    )
    for outcome in outcomes:
        for path in outcome.outputs:
            click.echo(path)
    return 3 if any(outcome.reason for outcome in outcomes) else 0
