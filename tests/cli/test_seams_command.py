import json

import numpy as np
import pytest
import rasterio
from click.testing import CliRunner

from pipeline.cli import commands
from pipeline.errors import ConfigError


def call(*words):
    return CliRunner().invoke(commands, ["seams", *map(str, words)], catch_exceptions=False)


def test_a_table_and_json_tell_the_same(map_file):
    table = call(map_file, "--size", 50, "--offset", "10,0").output
    told = json.loads(call(map_file, "--size", 50, "--offset", "10,0", "--json").output)
    low, high = told["interval"]
    assert told["pixels"] == 140 + 2 * 100
    assert [line.split("  ")[0] for line in table.splitlines()] == [
        "border pixels", "border rate", "parallel rate", "seam excess",
    ]  # fmt: skip
    assert f"{told['border_rate']:.4f}" in table
    assert f"{told['parallel_rate']:.4f}" in table
    assert f"{told['excess']:.3f}  95 % interval {low:.3f} to {high:.3f}" in table


def test_one_tile_has_none(map_file):
    assert "no tile border" in call(map_file, "--size", 200).output
    assert json.loads(call(map_file, "--size", 200, "--json").output) is None


def test_a_map_without_changes_beside_its_borders_has_no_excess(tmp_path):
    path = tmp_path / "flat.tif"
    with rasterio.open(path, "w", driver="GTiff", width=80, height=80, count=1, dtype="uint8") as file:
        file.write(np.ones((1, 80, 80), np.uint8))
    assert "seam excess          none" in call(path, "--size", 40).output


def test_a_wrong_offset_is_one_sentence(map_file):
    with pytest.raises(ConfigError, match="--offset x: give ROW,COLUMN"):
        call(map_file, "--size", 50, "--offset", "x")
    with pytest.raises(ConfigError, match="give both"):
        call(map_file, "--offset", "3,3")
    assert call(map_file, "--size", 3).exit_code == 2
