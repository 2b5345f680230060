"""Fixtures that every test may use."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import settings

from pipeline.cluster import open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.raster.geotiff import write_geotiff
from pipeline.run.options import Options
from pipeline.run.planning import plan_scene
from pipeline.run.scene import SceneResult, segment_scene
from pipeline.run.scenes import Scene
from pipeline.synthetic import make_scene

# What a random search finds is for whoever runs it by hand; CI says the same of the same commit every time. A loaded
# machine is slow at times, which is no failure.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("by hand", deadline=None)
# A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start; they are to know it.
signal.signal(signal.SIGINT, signal.default_int_handler)
settings.load_profile("ci" if os.environ.get("CI") else "by hand")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real imagery beside the checkout; tests that want it are skipped without it."""
    folder = Path(__file__).parents[2] / "shared"
    if not (folder / "scenes").is_dir():
        pytest.skip("no folder `shared` with real imagery beside the checkout")
    return folder


@pytest.fixture(scope="session")
def scene_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a synthetic scene of 400 x 300 px with a reference system."""
    path = tmp_path_factory.mktemp("scene") / "village.tif"
    image = make_scene((300, 400), seed=3).image
    write_geotiff(path, image, crs="EPSG:32633", transform=(0.3, 0.0, 500000.0, 0.0, -0.3, 5400000.0), tags={})
    return path


@pytest.fixture(scope="module")
def browser():
    """Give a real browser, or skip. For a module at a time: it takes the thread's event loop, which Dask wants too."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("there is no Chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    """Give a map of 140 x 100 px of four labels by chance."""
    path = tmp_path / "classes.tif"
    labels = np.random.default_rng(0).integers(1, 5, (100, 140), dtype=np.uint8)
    with rasterio.open(path, "w", driver="GTiff", width=140, height=100, count=1, dtype="uint8", nodata=0) as file:
        file.write(labels, 1)
    return path


Run = Callable[..., SceneResult]


@pytest.fixture(scope="session")
def quick() -> list[str]:
    """Give settings of little work, in this process."""
    return [
        *("cluster.workers=0", "network.wide=16", "network.narrow=16", "train.threads=1"),
        # Outputs have tests of their own, which name them.
        'output.products=["classes"]',
        *("train.steps=6", "train.start_steps=6", "train.patches=8", "train.patch=64"),
    ]


@pytest.fixture
def run(tmp_path: Path, quick: list[str]) -> Run:
    """Give a function that segments a scene quickly, in this process unless `cluster.workers` says otherwise."""

    def segment(path: Path, *chosen: str, out: str = "out", **options: object) -> SceneResult:
        config = load_config(None, [*quick, *chosen])
        plan = plan_scene(Scene(path.stem, str(path)), config, Options(out=tmp_path / out, **options), versions())
        with open_cluster(config.cluster, plan.workers) as executor:
            return segment_scene(plan, executor)

    return segment
