import numpy as np
import pytest

from pipeline.errors import OutputError
from pipeline.store.link import load_agreement, load_pairs, save_link


@pytest.mark.parametrize("rows", [0, 3])
def test_a_link_comes_back(tmp_path, rows):
    path = tmp_path / "links" / "a-b.zip"
    pairs, agreement = np.arange(2 * rows).reshape(rows, 2), np.arange(3 * rows).reshape(rows, 3)
    save_link(path, pairs, agreement, "link")
    assert load_pairs(path).shape == (rows, 2)
    assert np.array_equal(load_pairs(path), pairs)
    assert load_agreement(path).shape == (rows, 3)
    assert np.array_equal(load_agreement(path), agreement)


@pytest.mark.parametrize("load", [load_pairs, load_agreement])
def test_a_link_that_is_gone_is_refused(tmp_path, load):
    with pytest.raises(OutputError, match=r"a-b\.zip: .* run the same command again"):
        load(tmp_path / "a-b.zip")
