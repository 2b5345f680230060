"""Finished scenes, and a server of them."""

import http.client
import json
import shutil
import threading

import numpy as np
import pytest

from pipeline.cluster import open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.raster.geotiff import write_geotiff
from pipeline.run.options import Options
from pipeline.run.planning import plan_scene
from pipeline.run.scene import segment_scene
from pipeline.run.scenes import Scene
from pipeline.synthetic import make_scene
from pipeline.view.server import Server
from pipeline.view.site import Site

SIDES = (240, 320)


@pytest.fixture(scope="session")
def out(tmp_path_factory, quick):
    """Give a folder of two scenes, `village` on earth and `nowhere`, with reports; not to be changed."""
    pytest.importorskip("rio_tiler")
    scenes = tmp_path_factory.mktemp("scenes")
    image = make_scene(SIDES, seed=3).image
    image[:, :30] = 0
    write_geotiff(scenes / "village.tif", image, crs="EPSG:32633", transform=(0.3, 0, 5e5, 0, -0.3, 5.4e6), tags={})
    write_geotiff(scenes / "nowhere.tif", image, crs="", transform=(1, 0, 0, 0, 1, 0), tags={})
    config = load_config(None, [*quick, 'output.products=["classes", "report"]', "input.nodata=0", "output.classes=4"])
    folder = tmp_path_factory.mktemp("out")
    for name in ("village", "nowhere"):
        plan = plan_scene(Scene(name, str(scenes / f"{name}.tif")), config, Options(out=folder), versions())
        with open_cluster(config.cluster, plan.workers) as executor:
            segment_scene(plan, executor)
    return folder


@pytest.fixture
def folder(out, tmp_path):
    """Give a copy of the scene on earth, which may be changed."""
    return shutil.copytree(out / "village", tmp_path / "village")


@pytest.fixture
def manifest(out):
    return json.loads((out / "village" / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def invalid():
    """Give where the scenes hold no data, (h, w)."""
    return np.arange(SIDES[0])[:, None].repeat(SIDES[1], axis=1) < 30


@pytest.fixture
def served():
    """Give a function that serves a folder in a thread of its own."""
    servers = []

    def serve(folder, base=None):
        server = Server(Site(folder, base), 0)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        servers.append(server)
        return server

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def ask():
    """Give a function that sends a request as it is written, and returns status, headers, body."""

    def request(server, path, host=None, method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        connection.putrequest(method, path, skip_host=True)
        if host != "":
            connection.putheader("Host", host or f"127.0.0.1:{server.server_port}")
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body

    return request
