"""`aerialseg evaluate`."""

from pathlib import Path

import click


@click.command("evaluate")
@click.argument("labels")
@click.argument("truth")
@click.option(
    "--tolerance",
    type=float,
    default=1.5,
    show_default=True,
    help="How far boundaries may lie apart: metres on the ground, pixels where a map has no place on earth.",
)
@click.option("--ignore", type=int, multiple=True, metavar="VALUE", help="Leave this value of the truth out.")
@click.option("--field", metavar="NAME", help="Of vector polygons: the attribute that holds the class.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write everything to this file as well.")
def evaluate_command(
    labels: str, truth: str, *, tolerance: float, ignore: tuple[int, ...], field: str | None, json_file: Path | None
) -> None:
    """Hold a map of labels against truth, or a folder of maps against a folder of truths.

    LABELS is a raster of whole numbers such as classes.tif, where 0 is nodata unless the file says otherwise; or a
    folder of results, whose maps are paired with the truths by their names: out/austin1/classes.tif with
    truth/austin1.tif or truth/austin1_buildings.tif.

    TRUTH is a raster of whole numbers, each a class, 0 as well; its nodata is not counted. On another grid or in
    another reference system it is brought to the grid of the labels, by nearest pixel. Or it is vector polygons
    (GeoPackage, GeoJSON, shapefile, FlatGeobuf), which are class 1, or what --field says; outside is class 0.

    More labels raise most figures: compare maps at equal numbers of labels and objects.
    """
    from pipeline.run.evaluate import Measuring, evaluate_pairs
    from pipeline.run.pairing import find_pairs
    from pipeline.run.scoreboard import describe
    from pipeline.run.scorefile import write_json

    measuring = Measuring(tolerance, ignore, field)
    evaluation = evaluate_pairs(find_pairs(labels, truth), measuring, lambda line: click.echo(line, err=True))
    click.echo(describe(evaluation, measuring))
    if json_file is not None:
        write_json(json_file, evaluation, measuring)
