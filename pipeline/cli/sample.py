"""`aerialseg sample`."""

from pathlib import Path

import click


@click.command("sample")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("samples"))
def sample_command(folder: Path) -> None:
    """Fetch a real sample scene into FOLDER (default: samples), or make a synthetic one where there is no network."""
    from pipeline.run.sample import get_sample

    sample = get_sample(folder)
    click.echo(sample.note, err=True)
    for path in sample.scenes:
        click.echo(path)
