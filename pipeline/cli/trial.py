"""`aerialseg try`."""

import click


@click.command("try")
def try_command() -> None:
    """Later."""
