"""`aerialseg plan`."""

from typing import Any

import click

from pipeline.cli.options import read_request, run_options
from pipeline.errors import AerialsegError


@click.command("plan")
@click.argument("scenes", nargs=-1, required=True, metavar="SCENE...")
@run_options
def plan_command(scenes: tuple[str, ...], **arguments: Any) -> int:  # noqa: ANN401 - options of several types
    """Say what `segment` would do with the same arguments: tiles, workers, memory, disk. Refuses what cannot fit.

    The exit code is 0 when all scenes can be segmented, 3 when some of several cannot.
    """
    from pipeline.cluster.fitness import versions
    from pipeline.run.describe import describe_plan
    from pipeline.run.plan import plan_scene
    from pipeline.run.scenes import find_scenes

    request, found, refused = read_request(arguments), find_scenes(scenes), 0
    for scene in found:
        try:
            click.echo(describe_plan(plan_scene(scene, request.config, request.options, versions())))
        except AerialsegError as error:
            if len(found) == 1:
                raise
            click.echo(f"{scene.name}: {error}", err=True)
            refused += 1
    return 3 if refused else 0
