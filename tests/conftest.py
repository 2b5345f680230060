"""Fixtures that every test may use."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real imagery beside the checkout; tests that want it are skipped without it."""
    folder = Path(__file__).parents[2] / "shared"
    if not (folder / "scenes").is_dir():
        pytest.skip("no folder `shared` with real imagery beside the checkout")
    return folder
