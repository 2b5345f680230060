import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from pipeline.cli import main
from pipeline.raster import webtiles


def test_it_prints_its_address_and_ends_quietly(run, scene_file):
    folder = run(scene_file, "output.classes=3").outputs[0].parent
    pytest.importorskip("rio_tiler")
    command = [sys.executable, "-m", "pipeline", "view", str(folder)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:  # noqa: S603 - our own words
        address = process.stdout.readline()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\n", address)
        for path in ("", "tiles/classes/0/0/0.png"):
            with urllib.request.urlopen(address.strip() + path, timeout=30) as answer:  # noqa: S310 - as printed
                assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), r"error: .*: holds no manifest\.json, nor does a folder in it; name a folder that `segment` has made\n"),
        (("--base", "https://host/{z}/{x}"), r"error: --base https://host/\{z\}/\{x\}: has no \{y\}; .*\n"),
    ],
)
def test_what_cannot_be_served_is_a_sentence(monkeypatch, tmp_path, capsys, words, sentence):
    monkeypatch.setattr("sys.argv", ["aerialseg", "view", str(tmp_path), *words])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert re.fullmatch(sentence, captured.err)
    assert captured.out == ""


def test_without_the_extra_nothing_is_served(monkeypatch, run, scene_file, capsys):
    folder = run(scene_file, "output.classes=3").outputs[0].parent
    monkeypatch.setitem(sys.modules, "rio_tiler", None)
    monkeypatch.delitem(sys.modules, "rio_tiler.reader", raising=False)
    with pytest.raises(webtiles.ConfigError):
        webtiles.require_tiler()
    monkeypatch.setattr("sys.argv", ["aerialseg", "view", str(folder)])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert captured.err.endswith("pip install 'aerialseg[view]'\n")
    assert captured.out == ""
