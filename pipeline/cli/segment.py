"""`aerialseg segment`."""

import sys
from contextlib import suppress
from dataclasses import replace
from typing import Any

import click

from pipeline.cli.options import read_request, run_options
from pipeline.errors import ConfigError
from pipeline.heap import importing


def _say(line: str) -> None:
    # Bars of other scenes may be on the screen.
    from tqdm import tqdm

    # A terminal that went away, or a disk that is full, is no reason to stop.
    with suppress(OSError), tqdm.external_write_mode(sys.stderr):
        click.echo(line, err=True)


@click.command("segment")
@click.argument("scenes", nargs=-1, required=True, metavar="SCENE...")
@run_options
@click.option("--max-failures", type=click.IntRange(min=1), metavar="N", help="End the run when N scenes have failed.")
@click.option("--verbose", "-v", is_flag=True, help="Show every event, as in run.log.")
@click.option("--quiet", "-q", is_flag=True, help="Show errors only.")
def segment_command(
    scenes: tuple[str, ...],
    *,
    max_failures: int | None,
    verbose: bool,
    quiet: bool,
    **arguments: Any,  # noqa: ANN401
) -> int:
    """Segment scenes: files, folders of files, globs or URLs; any raster that GDAL opens.

    Each gets a folder of results below --out. The same command goes on where an earlier one stopped: what is done is
    not done again. Ctrl-C ends the tiles that run and stops, a second one stops at once.

    The exit code is 0 when all succeeded, 3 when some of several failed or were not begun.
    """
    from pipeline.cluster import has_own_workers
    from pipeline.cluster.forks import start_forking
    from pipeline.events import show_events
    from pipeline.run.progress import hide_progress
    from pipeline.run.scenes import find_scenes

    if verbose and quiet:
        raise ConfigError("--verbose and --quiet exclude each other; keep one")
    request, found = read_request(arguments), find_scenes(scenes)
    if has_own_workers(request.config.cluster):
        # Before this process imports as much: two cores do both at once.
        start_forking()
    with importing():
        from pipeline.run.dataset import segment_scenes

    options = replace(request.options, max_failures=max_failures)
    if verbose:
        show_events()
    if quiet:
        hide_progress()
    outcomes = segment_scenes(found, request.config, options, (lambda _line: None) if quiet else _say)
    for outcome in outcomes:
        if quiet and outcome.reason:
            click.echo(f"{outcome.scene.name}: {outcome.reason}", err=True)
        for path in outcome.outputs:
            click.echo(path)
    return 0 if all(outcome.outputs for outcome in outcomes) else 3
