"""`aerialseg seams`."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from pipeline.errors import ConfigError


@click.command("seams")
@click.argument("classes", type=click.Path(path_type=Path), metavar="CLASSES")
@click.option("--size", type=click.IntRange(min=32), metavar="N", help="Side of a tile, where no manifest tells it.")
@click.option("--offset", metavar="ROW,COLUMN", help="Row and column at which a tile begins; with --size only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def seams_command(classes: Path, size: int | None, offset: str | None, *, as_json: bool) -> None:
    """Measure how much tile borders show in a map of labels.

    The seam excess is the rate of label change across tile borders over the rate across parallel lines 16 and
    32 px away: 1 where borders do not show. Tiles are those of the manifest.json beside CLASSES, or of --size.
    """
    if offset is not None and size is None:
        raise ConfigError("--offset is of a lattice of --size; give both")
    from pipeline.run.seams import find_lattice, seams_of

    lattice = find_lattice(classes, size, (0, 0) if offset is None else _offset(offset))
    seams = seams_of(classes, lattice.rows, lattice.columns)
    if as_json:
        click.echo(json.dumps(None if seams is None else asdict(seams)))
    elif seams is None:
        click.echo(f"{classes}: no tile border has data on both sides")
    else:
        low, high = seams.interval or (0.0, 0.0)
        click.echo(f"border pixels  {seams.pixels:>10,}")
        click.echo(f"border rate    {seams.border_rate:>10.4f}  of them have another label across the border")
        click.echo(f"parallel rate  {seams.parallel_rate:>10.4f}  the same across parallel lines 16 and 32 px away")
        if seams.excess is None:
            click.echo("seam excess          none  no label changes on the parallel lines")
        else:
            click.echo(f"seam excess    {seams.excess:>10.3f}  95 % interval {low:.3f} to {high:.3f}")


def _offset(text: str) -> tuple[int, int]:
    try:
        row, column = (int(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"--offset {text}: give ROW,COLUMN in pixels, such as 256,256") from None
    return row, column
