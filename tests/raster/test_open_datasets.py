import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
import rasterio

from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.raster import dataset as module
from pipeline.raster.dataset import close_all, gdal_env, opened, reason
from pipeline.raster.open import open_source
from pipeline.raster.remote import OFFLINE
from pipeline.raster.source import read


@pytest.fixture(autouse=True)
def nothing_open():
    close_all()
    yield
    close_all()


def test_a_thread_keeps_its_dataset_and_shares_it_with_no_other(make_raster, ramp):
    path = str(make_raster(ramp()))

    def look():
        with opened(path) as first, opened(path) as second:
            return first, second, threading.get_ident()

    mine, again, _ = look()
    assert mine is again
    barrier = threading.Barrier(3)
    with ThreadPoolExecutor(3) as pool:
        seen = list(pool.map(lambda _: (barrier.wait(), look())[1], range(3)))
    assert len({id(dataset) for dataset, _, _ in seen} | {id(mine)}) == 4
    assert len({thread for _, _, thread in seen}) == 3


def test_threads_read_the_same_pixels_at_once(make_raster, ramp):
    path = make_raster(ramp(3, 200, 200), compress="deflate")
    source = open_source(path, InputConfig())
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: read(source, source.spec.scene)[0], range(32)))
    assert all(np.array_equal(result, ramp(3, 200, 200)) for result in results)


def test_only_the_last_few_stay_open(make_raster, ramp):
    datasets = []
    for number in range(6):
        with opened(str(make_raster(ramp(), f"{number}.tif"))) as dataset:
            datasets.append(dataset)
    assert [dataset.closed for dataset in datasets] == [True, True, False, False, False, False]
    close_all()
    assert all(dataset.closed for dataset in datasets)


def test_a_file_that_changed_is_opened_anew(make_raster, ramp):
    path = make_raster(ramp(1))
    source = open_source(path, InputConfig())
    assert read(source, source.spec.scene)[0][0, 0, 0] == 1
    make_raster(ramp(1) + 1)
    os.utime(path, ns=(1, 1))
    assert read(source, source.spec.scene)[0][0, 0, 0] == 2


def test_after_a_failure_the_file_is_opened_anew(make_raster, ramp):
    path = str(make_raster(ramp()))
    with opened(path) as before:
        pass
    with pytest.raises(InputError, match=r"scene.tif: fell over \(on purpose\)"), opened(path, "fell over"):
        raise rasterio.errors.RasterioIOError("on\n purpose.")
    with opened(path) as after:
        assert before.closed
        assert not after.closed


def test_gdals_own_words_are_told():
    outer = OSError("Read failed.")
    outer.__cause__ = rasterio.errors.RasterioIOError("disk  on\nfire.")
    assert reason(outer) == "disk on fire"
    outer.__cause__ = SystemError("Unknown GDAL Error. To debug: read on")
    assert reason(outer) == "GDAL does not say why"


def test_the_environment_of_the_user_counts(monkeypatch):
    monkeypatch.setenv("GDAL_HTTP_TIMEOUT", "7")
    options = gdal_env(remote=True).options
    assert "GDAL_HTTP_TIMEOUT" not in options
    assert options["GDAL_HTTP_MAX_RETRY"] == "3"
    assert options["GDAL_CACHEMAX"] == module._Cache.size
    assert not OFFLINE.items() & options.items()
    assert gdal_env().options.items() >= OFFLINE.items()


def test_the_cache_grows_for_what_one_read_touches_unless_that_is_too_much():
    small, most = module.CACHE_BYTES, module.MOST_CACHE_BYTES
    assert [module.cache_for(touched) for touched in (1, small // 2, small)] == [small, small, small * 5 // 4]
    assert module.cache_for(most * 4 // 5) <= most
    assert module.cache_for(most) == small
    assert gdal_env(cache=most).options["GDAL_CACHEMAX"] == most
    # Who does not say how much takes nothing away.
    assert gdal_env().options["GDAL_CACHEMAX"] == most
    assert gdal_env(cache=small).options["GDAL_CACHEMAX"] == gdal_env().options["GDAL_CACHEMAX"] == small


class _Ranges(BaseHTTPRequestHandler):
    """Serve one file, whole or in ranges."""

    def __init__(self, *args, content, **kwargs):
        self.content = content
        super().__init__(*args, **kwargs)

    def do_HEAD(self):
        self._answer(body=False)

    def do_GET(self):
        self._answer(body=True)

    def _answer(self, *, body):
        found, part = self.path == "/scene.tif", self.content
        wanted = self.headers.get("Range")
        if wanted:
            first, last = wanted.removeprefix("bytes=").split("-")
            part = self.content[int(first) : int(last) + 1]
        self.send_response((206 if wanted else 200) if found else 404)
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(self.content)}")
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        if body:
            self.wfile.write(part)

    def log_message(self, *args):
        pass


def _serve(content, port):
    server = HTTPServer(("127.0.0.1", 0), partial(_Ranges, content=content))
    port.send(server.server_port)
    server.serve_forever()


def test_a_raster_is_read_over_http(make_raster, ramp, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    content = make_raster(ramp(3, 300, 300), compress="deflate").read_bytes()
    # A process of its own: GDAL holds Python's lock while it opens a file.
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    server = spawn.Process(target=_serve, args=(content, there), daemon=True)
    server.start()
    try:
        address = f"http://127.0.0.1:{here.recv()}"
        source = open_source(f"{address}/scene.tif", InputConfig())
        np.testing.assert_array_equal(read(source, source.spec.scene)[0], ramp(3, 300, 300))
        with pytest.raises(InputError, match="404"):
            open_source(f"{address}/other.tif", InputConfig())
    finally:
        server.terminate()
        server.join()
