"""The command line: parse, call, print. Commands import what they run when they run, so that help answers at once."""

import atexit
import gc
import os
import sys

import click

from pipeline import __version__
from pipeline.cli.configure import config_command
from pipeline.cli.evaluate import evaluate_command
from pipeline.cli.plan import plan_command
from pipeline.cli.relabel import relabel_command
from pipeline.cli.sample import sample_command
from pipeline.cli.seams import seams_command
from pipeline.cli.segment import segment_command
from pipeline.cli.trial import try_command
from pipeline.cli.view import view_command
from pipeline.errors import AerialsegError, StoppedError
from pipeline.kernels.compiled import keep_compiled


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="aerialseg")
def commands() -> None:
    """Segment whole aerial scenes without labels: GeoTIFF in, georeferenced class rasters out."""


for _command in (
    *(segment_command, relabel_command, plan_command, try_command),
    *(view_command, seams_command, evaluate_command),
    *(sample_command, config_command),
):
    commands.add_command(_command)


def main() -> None:
    """Run the command line; a mistake that the user can mend is one sentence and exit code 2."""
    # Before torch is imported; see `pipeline.cluster.forks`.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    keep_compiled()
    # At the end all is given back as a whole; to look for garbage in it first takes a second.
    atexit.register(gc.freeze)
    try:
        code = commands(standalone_mode=False)
    except AerialsegError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt, StoppedError):
        click.echo("interrupted; the same command goes on where this one stopped", err=True)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)
