"""The command line as a whole: exit codes, what is said where, and how fast help answers."""

import subprocess
import sys

import click
import pytest
import rasterio
from click import Abort

import pipeline.cli
from pipeline import __version__
from pipeline.cli import commands, main
from pipeline.errors import AerialsegError, InputError

_RUN = (
    *("--config", "--set", "--out", "--prior", "--window", "--bbox", "--allow-remote", "--work", "--keep-work"),
    *("--gpus", "--scheduler"),
)
_OPTIONS = {
    "segment": ("SCENE...", *_RUN, "--max-failures", "--verbose", "--quiet"),
    "plan": ("SCENE...", *_RUN),
    "try": (" SCENE\n", *_RUN),
    "seams": ("CLASSES", "--size", "--offset", "--json"),
    "evaluate": ("LABELS TRUTH\n", "--tolerance", "--ignore", "--field", "--json"),
    "relabel": ("--classes", "-n"),
    "sample": ("[FOLDER]",),
    "config": ("--config", "--set"),
    "view": ("FOLDER", "--port", "--base", "--open"),
}
# Each takes a tenth of a second to seconds to import.
_HEAVY = {"torch", "rasterio", "scipy", "skimage", "numpy", "dask", "distributed", "PIL"}


@pytest.fixture
def call(monkeypatch):
    """Give a function that runs the command line on some words and returns its exit code."""

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["aerialseg", *words])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code

    return run


def test_every_command_is_known_here():
    assert set(commands.commands) == set(_OPTIONS)


@pytest.mark.parametrize("command", _OPTIONS)
def test_help_lists_every_option(command, call, capsys):
    assert call(command, "--help") == 0
    shown = capsys.readouterr().out
    for option in _OPTIONS[command]:
        assert option in shown
    assert call(command, "-h") == 0
    assert capsys.readouterr().out == shown


def test_help_of_all_says_what_each_command_does(call, capsys):
    assert call("--help") == 0
    shown = capsys.readouterr().out
    for command in _OPTIONS:
        assert f"\n  {command}  " in shown


def test_help_answers_without_the_heavy_libraries():
    program = f"""
import sys
from pipeline.cli import commands
for words in (["--help"], *([name, "--help"] for name in {list(_OPTIONS)!r}), ["--version"], ["config"]):
    commands(words, standalone_mode=False)
print(*sorted(set(sys.modules) & {_HEAVY!r}), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stderr.split() == []
    assert "Usage:" in done.stdout


def test_the_version_is_the_packages(call, capsys):
    assert call("--version") == 0
    assert __version__ in capsys.readouterr().out


def test_python_m_runs_the_same():
    done = subprocess.run([sys.executable, "-m", "pipeline", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"aerialseg, version {__version__}\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("segment",), "Missing argument 'SCENE...'"),
        (("segmint", "a.tif"), "No such command 'segmint'"),
        (("segment", "a.tif", "--tile", "4"), "No such option"),
        (("try", "a.tif", "b.tif"), "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_told_with_exit_code_2(call, capsys, words, reason):
    assert call(*words) == 2
    captured = capsys.readouterr()
    assert reason in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("segment", "nowhere.tif"), "nowhere.tif: there is no such file"),
        (("plan", "nowhere.tif"), "nowhere.tif: there is no such file"),
        (("try", "nowhere.tif"), "nowhere.tif: there is no such file"),
        (("seams", "nowhere.tif"), "nowhere.tif: there is no such file"),
        (("relabel", "nowhere", "-n", "4"), "nowhere: holds no manifest.json"),
        (("segment", "a.tif", "b/a.tif"), "a.tif and b/a.tif would both be written to the folder a"),
        (("config", "--config", "nowhere.toml"), "nowhere.toml: cannot be read as a configuration"),
        (("plan", "a.tif", "--window", "1"), "--window 1: give COL,ROW,WIDTH,HEIGHT"),
        (("segment", "a.tif", "--set", "tiles.size=x"), "tiles.size: "),
    ],
)
def test_a_mistake_that_can_be_mended_is_one_sentence(call, capsys, monkeypatch, tmp_path, *, words, sentence):
    monkeypatch.chdir(tmp_path)
    assert call(*words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("error: ")
    assert sentence in captured.err
    assert list(tmp_path.iterdir()) == []


def test_no_traceback_reaches_a_terminal(tmp_path):
    words = [sys.executable, "-m", "pipeline", "segment", "nowhere.tif"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: S603
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_every_error_of_ours_is_caught_and_a_bug_is_not(monkeypatch, capsys):
    def fail(error):
        def commands(**_):
            raise error

        monkeypatch.setattr(pipeline.cli, "commands", commands)
        main()

    for kind in (AerialsegError, *AerialsegError.__subclasses__()):
        with pytest.raises(SystemExit) as caught:
            fail(kind("x.tif: is odd"))
        assert caught.value.code == 2
        assert capsys.readouterr().err == "error: x.tif: is odd\n"
    with pytest.raises(ZeroDivisionError):
        fail(ZeroDivisionError())


@pytest.mark.parametrize("interruption", [Abort, KeyboardInterrupt])
def test_an_interruption_says_how_to_go_on(monkeypatch, capsys, interruption):
    def commands(**_):
        raise interruption

    monkeypatch.setattr(pipeline.cli, "commands", commands)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_what_a_command_returns_is_the_exit_code(monkeypatch):
    for returned, code in ((3, 3), (None, 0), ("text", 0)):
        monkeypatch.setattr(pipeline.cli, "commands", lambda returned=returned, **_: returned)
        with pytest.raises(SystemExit) as caught:
            main()
        assert caught.value.code == code


def test_one_bad_scene_of_two_gives_exit_code_3(call, capsys, monkeypatch, tmp_path, *, scene_file, quick):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.tif").write_bytes(b"no raster")
    settings = [f"--set={setting}" for setting in quick]
    words = ("segment", "bad.tif", str(scene_file), "--window=0,0,64,64", *settings)
    assert call(*words) == 3
    captured = capsys.readouterr()
    assert captured.out.split() == [
        f"out/village/{name}"
        for name in ("classes.tif", "finest.tif", "preview.png", "prior.pt", "run.json", "manifest.json")
    ]
    assert "bad.tif: cannot be opened as a raster" in captured.err
    assert "1 of 2 scenes done" in captured.err


def test_plan_says_what_would_run_and_writes_nothing(call, capsys, monkeypatch, tmp_path, scene_file):
    monkeypatch.chdir(tmp_path)
    tiles = ("--set=tiles.size=128", "--set=tiles.halo=32", "--set=tiles.offset=[64,0]")
    assert call("plan", str(scene_file), *tiles) == 0
    shown = capsys.readouterr().out
    for part in (
        "400 x 300 px",
        "9 (3 x 3) of 128 px, halo 32, from row 64, column 0",
        "GB a worker",
        "felzenszwalb",
        "out/village",
    ):
        assert part in shown
    assert list(tmp_path.iterdir()) == []


def test_plan_says_where_a_files_blocks_are_slow_to_read(call, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    sides = {"width": 120_000, "height": 700, "count": 1, "dtype": "float64"}
    for name, options in (("strips", {}), ("tiles", {"tiled": True})):
        with rasterio.open(f"{name}.tif", "w", driver="GTiff", sparse_ok=True, compress="deflate", **sides, **options):
            pass
        assert call("plan", f"{name}.tif", "--set=tiles.size=1024") == 0
    strips, tiles = capsys.readouterr().out.split("tiles: ")
    assert "120000 x 1 px, decoded again for every tile; rewrite the file" in strips
    assert "blocks" not in tiles
    # One tile needs nothing again.
    assert call("plan", "strips.tif", "--window=0,0,900,700", "--set=tiles.size=1024") == 0
    assert "blocks" not in capsys.readouterr().out


def test_config_prints_what_it_reads_back(call, capsys, tmp_path):
    assert call("config", "--set", "tiles.size=512") == 0
    shown = capsys.readouterr().out
    assert "\nsize = 512\n" in shown
    (tmp_path / "shown.toml").write_text(shown)
    assert call("config", "--config", str(tmp_path / "shown.toml")) == 0
    assert capsys.readouterr().out == shown


def test_an_input_error_keeps_its_type_for_library_users(tmp_path):
    from pipeline.run.scenes import find_scenes

    with pytest.raises(InputError):
        find_scenes([str(tmp_path)])


def test_a_terminal_that_went_away_stops_nothing(call, capsys, monkeypatch, tmp_path, *, scene_file, quick):
    echo = click.echo

    def gone(line, **options):
        if options.get("err"):
            raise OSError(5, "Input/output error")
        echo(line, **options)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(click, "echo", gone)
    settings = [f"--set={setting}" for setting in (*quick, "presegment.method=watershed")]
    assert call("segment", str(scene_file), "--window=0,0,64,64", *settings) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "out/village/manifest.json"
