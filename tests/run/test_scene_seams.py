import json
import shutil

import pytest

from pipeline.errors import ConfigError, InputError
from pipeline.grid import Grid
from pipeline.run.seams import find_lattice, seams_of


def tell(path, **grid):
    path.with_name("manifest.json").write_text(json.dumps({"grid": grid}))


def test_a_run_tells_its_seams(run, scene_file):
    result = run(scene_file, "tiles.size=128", "tiles.halo=32", "tiles.offset=[40,60]")
    classes = result.outputs[0]
    manifest = json.loads(result.outputs[-1].read_text())
    assert manifest["grid"]["rows"] == [0, 40, 168, 300]
    assert manifest["grid"]["columns"] == [0, 60, 188, 316, 400]
    assert manifest["grid"]["offset"] == [40, 60]
    lattice = find_lattice(classes, None)
    assert lattice == find_lattice(classes, 128, (40, 60))
    seams = seams_of(classes, lattice.rows, lattice.columns)
    assert manifest["seams"]["excess"] == seams.excess
    assert manifest["seams"]["interval"] == list(seams.interval)
    assert manifest["seams"]["pixels"] == 2 * 400 + 3 * 300
    assert "seams" in json.loads(result.outputs[-2].read_text())["seconds"]


def test_a_run_of_one_tile_has_none(run, scene_file):
    result = run(scene_file)
    assert json.loads(result.outputs[-1].read_text())["seams"] is None


def test_a_lattice_is_that_of_the_grid(map_file):
    lattice = find_lattice(map_file, 48, (10, 20))
    grid = Grid((100, 140), 48, 0, (10, 20))
    assert (lattice.rows, lattice.columns) == (grid.row_edges, grid.column_edges)
    with pytest.raises(ConfigError, match=r"--offset 48,0: both must be at least 0 and below --size 48"):
        find_lattice(map_file, 48, (48, 0))
    with pytest.raises(ConfigError, match="--offset 0,-1"):
        find_lattice(map_file, 48, (0, -1))


def test_a_manifest_must_be_there_and_fit(map_file):
    with pytest.raises(InputError, match=r"there is no manifest\.json beside it that tells its tiles; give --size"):
        find_lattice(map_file, None)
    for text in ("", "[]", '{"grid": 3}', '{"grid": {"rows": ["x"], "columns": [0, 140]}}'):
        map_file.with_name("manifest.json").write_text(text)
        with pytest.raises(InputError, match=r"manifest\.json: does not tell the tiles of classes\.tif; give --size"):
            find_lattice(map_file, None)
    for rows in ((0, 50, 99), (0,), (5, 100), (0, 60, 30, 100), (0, 50, 50, 100), (0, 100, 100)):
        tell(map_file, rows=rows, columns=(0, 140))
        with pytest.raises(InputError, match=r"tells the tiles of another raster than classes\.tif"):
            find_lattice(map_file, None)
    tell(map_file, rows=(0, 50, 100), columns=(0, 140))
    assert find_lattice(map_file, None).rows == (0, 50, 100)
    # A lattice that is asked for counts before the manifest's.
    assert find_lattice(map_file, 25).rows == (0, 25, 50, 75, 100)


def test_a_map_of_another_name_is_read_by_the_manifest_beside_it(map_file):
    tell(map_file, rows=(0, 50, 100), columns=(0, 140))
    copy = shutil.copy(map_file, map_file.with_name("levels.tif"))
    assert find_lattice(copy, None).rows == (0, 50, 100)
