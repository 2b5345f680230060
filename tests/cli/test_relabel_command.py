import pytest

from pipeline.cli import commands, main
from pipeline.run import relabel as module


@pytest.fixture
def call(monkeypatch):
    def call(*words):
        monkeypatch.setattr("sys.argv", ["aerialseg", "relabel", *map(str, words)])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code

    return call


def test_files_that_are_new_are_printed(call, run, scene_file, capsys):
    folder = run(scene_file, "output.classes=3").outputs[0].parent
    assert call(folder, "--classes", 2) == 0
    assert capsys.readouterr().out.split() == [
        str(folder / name) for name in ("classes.tif", "preview.png", "manifest.json")
    ]


def test_one_folder_that_fails_is_a_sentence_and_exit_code_2(call, tmp_path, capsys):
    assert call(tmp_path, "-n", 4) == 2
    captured = capsys.readouterr()
    assert captured.err == (
        f"error: {tmp_path}: holds no manifest.json; name a scene's folder as `segment` has made it\n"
    )
    assert captured.out == ""


def test_one_of_several_that_fails_does_not_stop_the_others(call, monkeypatch, tmp_path, capsys):
    real, seen = module.relabel, []

    def stub(folder, count):
        seen.append((folder.name, count))
        return real(folder, count) if folder.name == "bad" else (folder / "classes.tif",)

    monkeypatch.setattr(module, "relabel", stub)
    assert call(tmp_path / "a", tmp_path / "bad", tmp_path / "b", "--classes=4") == 3
    captured = capsys.readouterr()
    assert seen == [("a", 4), ("bad", 4), ("b", 4)]
    assert captured.out.split() == [str(tmp_path / name / "classes.tif") for name in ("a", "b")]
    assert captured.err.startswith(f"{tmp_path / 'bad'}: holds no manifest.json")


def test_the_number_must_be_given(call, tmp_path):
    assert call(tmp_path) == 2
    assert "relabel" in commands.commands
