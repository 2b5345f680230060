"""`aerialseg plan`."""

from typing import Any

import click

from pipeline.cli.options import read_request, run_options


@click.command("plan")
@click.argument("scenes", nargs=-1, required=True, metavar="SCENE...")
@run_options
def plan_command(scenes: tuple[str, ...], **arguments: Any) -> int:  # noqa: ANN401 - options of several types
    """Say what `segment` would do with the same arguments: tiles, workers, memory, disk. Refuses what cannot fit.

    The exit code is 0 when all scenes can be segmented, 3 when some of several cannot.
    """
    from pipeline.run.dataset import plan_scenes
    from pipeline.run.describe import describe_dataset, describe_plan
    from pipeline.run.scenes import find_scenes

    request, found = read_request(arguments), find_scenes(scenes)
    planned = plan_scenes(found, request.config, request.options)
    for plan in planned.plans:
        click.echo(describe_plan(plan))
    if planned.groups:
        click.echo(describe_dataset(planned))
    for name, error in planned.refused.items():
        if len(found) == 1:
            raise error
        click.echo(f"{name}: {error}", err=True)
    return 3 if planned.refused else 0
