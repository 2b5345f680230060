"""A first look at a raster in a process of its own, so that a file that crashes or stalls GDAL does no harm here."""

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import InputError, ResourceError
from pipeline.raster.answers import GoneError, LateError, read_line, tell_end
from pipeline.raster.located import located
from pipeline.raster.looker import READY
from pipeline.raster.remote import is_remote
from pipeline.raster.spec import Bounds

SECONDS = 20
"""That a file may take."""

_REMOTE_SECONDS = 300
_START_SECONDS = 120


class Looker:
    """The other process; it starts when it is asked, again after it has ended, and goes with this one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._lock = threading.Lock()
        atexit.register(self.close)

    def ask(
        self,
        path: str | Path,
        config: InputConfig,
        window: Box | None,
        bounds: Bounds | None,
        *,
        seconds: int = SECONDS,
    ) -> None:
        """Have the other process look at a raster, as `look_at` does.

        Raises:
            InputError: what is wrong with the raster: what `look_at` says, or that it killed or stalled the process.
            ResourceError: there is no other process to be had.
        """
        name = located(str(path))
        if name.startswith("/vsimem/"):
            # Files in this process's memory are this program's.
            return
        remote = config.allow_remote or is_remote(name)
        if remote:
            seconds = max(seconds, _REMOTE_SECONDS)
        question = {
            "path": name,
            "config": config.model_dump_json(),
            "window": None if window is None else asdict(window),
            "bounds": bounds,
            "remote": remote,
            "seconds": seconds,
        }
        with self._lock:
            answer = self._answer(name, json.dumps(question).encode() + b"\n", seconds)
        if "refused" in answer:
            raise InputError(str(answer["refused"]))
        if "broke" in answer:
            raise InputError(f"{name}: cannot be read as a raster ({' '.join(str(answer['broke']).split())})")

    def close(self) -> None:
        """End the other process."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _answer(self, name: str, question: bytes, seconds: int) -> dict[str, object]:
        if self._process is not None and self._process.poll() is not None:
            # It has ended for want of questions, or for a reason that is not this file's.
            self.close()
        fresh = self._process is None
        try:
            return self._exchange(question, seconds)
        except LateError:
            self.close()
            return {
                "refused": f"{name}: did not answer within {seconds} s of being opened; it is damaged, or its disk or"
                " server is too slow"
            }
        except GoneError:
            code = self._code()
            self.close()
            if not fresh and code == 0:
                # It ended a moment before this question.
                return self._answer(name, question, seconds)
            return {
                "refused": f"{name}: crashed the reader ({tell_end(code)}); it is damaged, or not what it says it is"
            }
        except BaseException:
            # The answer to this question must not be taken for that to the next.
            self.close()
            raise

    def _exchange(self, question: bytes, seconds: float) -> dict[str, object]:
        process = self._started()
        assert process.stdin is not None  # noqa: S101 - made with pipes
        try:
            process.stdin.write(question)
            process.stdin.flush()
        except OSError:
            raise GoneError from None
        answer: dict[str, object] = json.loads(read_line(process, seconds))
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner == os.getpid():
            return self._process
        root = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        try:
            process = subprocess.Popen(
                # -P: a module of the folder that one happens to be in is not taken for a library's.
                [sys.executable, "-P", "-m", "pipeline.raster.looker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Ctrl-C is for this process; the other one goes with it.
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )
        except OSError as error:
            raise ResourceError(
                f"{sys.executable}: cannot be started to look at files ({error.strerror}); end other programs"
            ) from None
        self._process, self._owner = process, os.getpid()
        try:
            ready = json.loads(read_line(process, _START_SECONDS))
        except (GoneError, LateError, ValueError):
            ready = None
        if ready != READY:
            self.close()
            raise ResourceError(
                f"{sys.executable}: cannot be started to look at files before they are opened; free some memory"
            )
        return process

    def _code(self) -> int | None:
        if self._process is None:
            return None
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout=10)
        return None


_looker = Looker()


def look_apart(path: str | Path, config: InputConfig, window: Box | None = None, bounds: Bounds | None = None) -> None:
    """Have another process look at a raster before this one does; see `Looker.ask`.

    Raises:
        InputError: the raster, or what is asked of it, cannot be used; or it killed or stalled the process.
        ResourceError: there is no other process to be had.
    """
    _looker.ask(path, config, window, bounds)
