import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from pipeline.kernels.compiled import compiled, keep_compiled

PACKAGE = Path(__file__).parents[2] / "pipeline"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    return tmp_path / "cache/aerialseg"


def folder_for(package, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    keep_compiled(package)
    return Path(os.environ["NUMBA_CACHE_DIR"])


def test_another_state_of_the_sources_has_another_folder(home, tmp_path, monkeypatch):
    package = tmp_path / "copy"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    first = folder_for(package, monkeypatch)
    assert first.is_dir()
    assert first.parent == home
    (package / "cli/plan.py").write_text("# Nothing is compiled here.")
    assert folder_for(package, monkeypatch) == first
    called = package / "presegment/forest.py"
    called.write_text(called.read_text() + "\n# Another state.\n")
    assert folder_for(package, monkeypatch) != first


def test_a_function_that_calls_another_file_follows_its_changes(home, tmp_path):
    """What numba alone would miss."""
    assert not home.exists()
    shutil.copytree(PACKAGE, tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pipeline/called.py").write_text(_CALLED.format(1))
    (tmp_path / "pipeline/caller.py").write_text(_CALLER)
    code = (
        "from pipeline.kernels.compiled import keep_compiled; keep_compiled()\n"
        "from pipeline.caller import twice; print(twice(3))"
    )

    def result():
        command = [sys.executable, "-c", code]
        said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603 - our own
        return int(said.stdout)

    assert [result(), result()] == [6, 6]
    (tmp_path / "pipeline/called.py").write_text(_CALLED.format(2))
    assert result() == 12


_CALLED = """from pipeline.kernels.compiled import compiled
@compiled
def scaled(x):
    return {} * x
"""
_CALLER = """from pipeline.called import scaled
from pipeline.kernels.compiled import compiled
@compiled
def twice(x):
    return 2 * scaled(x)
"""


def test_a_folder_of_the_users_own_stays(home, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    keep_compiled()
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / "mine")
    assert not home.exists()


def test_folders_that_nobody_has_used_for_a_month_go(home):
    old, new = home / "kernels-old", home / "kernels-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    keep_compiled()
    assert not old.exists()
    assert new.exists()


def test_without_a_place_to_keep_it_a_function_works_all_the_same(monkeypatch):
    made = numba.njit

    def njit(*functions, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return made(*functions, **options)

    monkeypatch.setattr(numba, "njit", njit)

    @compiled
    def inverse(x):
        return 1 / x

    assert inverse(4.0) == 0.25
    assert inverse(0.0) == np.inf
