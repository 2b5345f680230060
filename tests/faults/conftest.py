"""The command line on things that are wrong."""

import sys

import pytest

from benchmarks.fuzzing.trial import QUICK
from pipeline.cli import main


@pytest.fixture
def call(monkeypatch, capfd, tmp_path):
    """Give a function that runs a command quickly, into `tmp_path/out`; it returns the exit code and what was said."""

    def run(command, *words, out=tmp_path / "out"):
        settings = [word for setting in QUICK for word in ("--set", setting)]
        monkeypatch.setattr(sys, "argv", ["aerialseg", command, *settings, "--out", str(out), *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        said = capfd.readouterr()
        return caught.value.code, said.err

    return run


@pytest.fixture
def refused(call, tmp_path):
    """Give a function that wants a refusal by `plan` and by `segment`, in the same sentence, and returns it."""

    def want(*words, **options):
        before = sorted(tmp_path.rglob("*"))
        code, said = call("plan", *words, **options)
        assert code == 2, said
        assert said.startswith("error: ")
        assert said.count("\n") == 1, said
        assert call("segment", *words, **options) == (code, said)
        assert sorted(tmp_path.rglob("*")) == before
        return said.removeprefix("error: ").rstrip("\n")

    return want
