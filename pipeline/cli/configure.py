"""`aerialseg config`."""

from pathlib import Path

import click

from pipeline.cli.options import configuration_options
from pipeline.config.load import load_config
from pipeline.config.show import show_config


@click.command("config")
@configuration_options
def config_command(config: Path | None, settings: tuple[str, ...]) -> None:
    """Print the resolved configuration as TOML, each setting with its meaning and default."""
    click.echo(show_config(load_config(config, settings)))
