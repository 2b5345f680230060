"""`aerialseg plan`."""

from typing import Any

import click

from pipeline.cli.options import read_request, run_options


@click.command("plan")
@click.argument("scenes", nargs=-1, required=True, metavar="SCENE...")
@run_options
def plan_command(scenes: tuple[str, ...], **arguments: Any) -> None:  # noqa: ANN401 - options of several types
    """Say what `segment` would do with the same arguments: tiles, workers, memory, disk. Refuses what cannot fit."""
    from pipeline.cluster.fitness import versions
    from pipeline.run.describe import describe_plan
    from pipeline.run.plan import plan_scene
    from pipeline.run.scenes import find_scenes

    request = read_request(arguments)
    for scene in find_scenes(scenes):
        click.echo(describe_plan(plan_scene(scene, request.config, request.options, versions())))
