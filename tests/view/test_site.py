import json

import pytest

from pipeline.errors import InputError
from pipeline.view.site import Site


def test_a_folder_of_one_scene_or_of_several(out):
    assert Site(out).names() == ["nowhere", "village"]
    assert not Site(out).alone
    assert Site(out / "village").alone
    assert Site(out / "village").names() == []


def test_a_folder_without_scenes_is_a_sentence(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError, match=r"holds no manifest\.json, nor does a folder in it"):
            Site(folder)


def test_a_scene_that_is_not_whole_is_a_sentence(folder):
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="is not a whole manifest"):
        Site(folder)


def test_only_outputs_are_found(folder, tmp_path):
    site = Site(folder)
    assert site.output(None, "report.html") == folder / "report.html"
    for name in ("notes.txt", "../secret", "sub", "", ".", str(tmp_path / "secret")):
        (tmp_path / "secret").write_text("secret", encoding="utf-8")
        (folder / "notes.txt").write_text("mine", encoding="utf-8")
        assert site.output(None, name) is None
    # One of its names, and not there.
    assert site.output(None, "merge.gif") is None


def test_links_lead_nowhere(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    (folder / "merge.gif").symlink_to(secret)
    assert Site(folder).output(None, "merge.gif") is None
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "linked").symlink_to(folder)
    with pytest.raises(InputError):
        Site(tmp_path / "results")


def test_a_manifest_is_read_again_when_it_is_another(folder):
    site = Site(folder)
    first = site.scene(None)
    assert site.scene(None) is first
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    content["classes"] = content["classes"][:1]
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    assert site.scene(None).layers[0].title == "1 class"
