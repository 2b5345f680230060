"""GDAL datasets that are open for reading: one per thread and file, the last few kept.

A GDAL dataset must not be used by two threads, and opening a remote file or a large mosaic for every tile is slow.
"""

import os
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from weakref import WeakSet

import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.env import Env
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader, MemoryFile

from pipeline.errors import InputError
from pipeline.raster.remote import OFFLINE, is_remote

# A raster without georeference is segmented like any other.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

CACHE_BYTES = 64 * 2**20
"""Bytes of decoded blocks that GDAL keeps, per process; its own default is a share of the machine's memory."""

MOST_CACHE_BYTES = 512 * 2**20
"""The same where one read alone touches more, as of strips that cross the scene."""

GDAL_ERRORS = (RasterioError, CPLE_BaseError, CRSError, SystemError, UnicodeDecodeError)
"""What rasterio raises when GDAL fails; nothing in common, SystemError when GDAL fails without a word, and the last
when it says what is no UTF-8."""

_KEPT = 4

# A server that does not answer must not hold a run for ever; what the user sets in the environment counts instead.
_PATIENCE = {
    "GDAL_HTTP_CONNECTTIMEOUT": "20",
    "GDAL_HTTP_TIMEOUT": "120",
    "GDAL_HTTP_MAX_RETRY": "3",
    "GDAL_HTTP_RETRY_DELAY": "1",
}

# What a file must never make GDAL do, whatever the environment says: run code, write its tiles to a file it names.
_HARMLESS = {"GDAL_VRT_ENABLE_PYTHON": "NO", "MRF_BYPASSCACHING": "YES"}


class _Open:
    """The datasets that one thread has open, least lately used first."""

    def __init__(self) -> None:
        self.datasets: OrderedDict[tuple[object, ...], DatasetReader] = OrderedDict()

    def close(self) -> None:
        while self.datasets:
            self.datasets.popitem()[1].close()


class _OpenOfThread(threading.local):
    def __init__(self) -> None:
        self.open = _Open()
        with _lock:
            _all.add(self.open)


_lock = threading.Lock()
_all: WeakSet[_Open] = WeakSet()
_mine = _OpenOfThread()


def cache_for(touched: int) -> int:
    """Return how many bytes of decoded blocks are kept where a read touches so many.

    What lies beside is read next, often of the same blocks. Of more than the most none would be left by then.
    """
    # GDAL counts what it knows of each block as well, which is much beside a short strip.
    room = touched * 5 // 4
    return max(CACHE_BYTES, room) if room <= MOST_CACHE_BYTES else CACHE_BYTES


class _Cache:
    """The bytes of decoded blocks that were last asked for in this process."""

    size = CACHE_BYTES


def gdal_env(*, remote: bool = False, cache: int | None = None) -> Env:
    """Return a context in which GDAL has a small block cache, patience with servers, and errors for exceptions.

    Args:
        remote: whether GDAL may use the network.
        cache: bytes of decoded blocks that are kept from now on; None: as many as before, since fewer would throw away
            what another file's next read may want.
    """
    _Cache.size = cache or _Cache.size
    patience = {name: value for name, value in _PATIENCE.items() if name not in os.environ}
    offline = {} if remote else OFFLINE
    return Env.from_defaults(**{"GDAL_CACHEMAX": _Cache.size, **patience, **_HARMLESS, **offline})


@contextmanager
def opened(
    path: str, complaint: str = "cannot be opened as a raster", *, remote: bool = False, cache: int | None = None
) -> Iterator[DatasetReader]:
    """Give the rasterio dataset of a file; it stays open for the thread's next use.

    Args:
        path: what GDAL opens.
        complaint: how to put it when GDAL fails, at opening or within the block.
        remote: whether the network may be used for what the file refers to; it may where `path` itself is remote.
        cache: see `gdal_env`.

    Raises:
        InputError: GDAL failed.
    """
    remote = remote or is_remote(path)
    with gdal_env(remote=remote, cache=cache):
        try:
            yield _dataset(path, remote=remote)
        except GDAL_ERRORS as error:
            # A failure may be of the moment (a server); the next try is to open the file anew.
            _mine.open.close()
            forget_failure()
            raise InputError(f"{path}: {complaint} ({reason(error)}); see what gdalinfo -checksum says of it") from None


def forget_failure() -> None:
    """Have this thread forget its last failure: rasterio leaves it standing, and blames the next dataset for it."""
    with (
        suppress(*GDAL_ERRORS),
        MemoryFile() as memory,
        memory.open(driver="GTiff", width=1, height=1, count=1, dtype="uint8") as dataset,
    ):
        # A property whose getter looks for failures and takes them away.
        _ = dataset.colorinterp


def reason(error: BaseException) -> str:
    """Return what GDAL itself said, in one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, SystemError):
        return "GDAL does not say why"
    said = getattr(error, "errmsg", None) or str(error)
    return " ".join(str(said).split()).rstrip(".") or type(error).__name__


def close_all() -> None:
    """Close every dataset of every thread; none may be in use."""
    with _lock:
        everyone = list(_all)
    for one in everyone:
        one.close()


def _dataset(path: str, *, remote: bool) -> DatasetReader:
    datasets = _mine.open.datasets
    key = (path, remote, os.getpid(), state(path))
    if key not in datasets:
        dataset = rasterio.open(path)
        while len(datasets) >= _KEPT:
            datasets.popitem(last=False)[1].close()
        datasets[key] = dataset
    datasets.move_to_end(key)
    return datasets[key]


def state(path: str) -> tuple[int, ...]:
    """Tell one state of a local file from another: workers outlive runs, and files change between runs."""
    try:
        status = os.stat(path)  # noqa: PTH116 - may be a URL or /vsi path
    except OSError:
        return ()
    return status.st_ino, status.st_size, status.st_mtime_ns
