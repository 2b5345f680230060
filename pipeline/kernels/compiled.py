"""How functions are compiled: without Python's lock, and once for all processes."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parents[1]
_SETTING = "NUMBA_CACHE_DIR"
_OLD_S = 30 * 86_400.0


def compiled(function: Function) -> Function:
    """Compile a function with numba when it is first called; a division by zero gives infinity or NaN, as in numpy."""
    from numba import njit

    try:
        made: Any = njit(nogil=True, cache=True, error_model="numpy")(function)
    except RuntimeError:
        # Neither the program's folder nor the user's can be written to: then in every process anew.
        made = njit(nogil=True, error_model="numpy")(function)
    return made  # type: ignore[no-any-return]


def keep_compiled(package: Path = _PACKAGE) -> None:
    """Have this program and its workers keep what they compile in a folder for this state of the package's sources.

    numba makes a function anew when its own file has changed, but not when that of a function that it calls has, so
    after an update old code would go on to run. To be called before numba is imported; a folder that the user names
    by NUMBA_CACHE_DIR stays.
    """
    if _SETTING in os.environ:
        return
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aerialseg"
    folder = home / f"kernels-{_state(package)}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.utime(folder)
        for other in home.glob("kernels-*"):
            if time.time() - other.stat().st_mtime > _OLD_S:
                shutil.rmtree(other, ignore_errors=True)
        os.environ[_SETTING] = str(folder)


def _state(package: Path) -> str:
    """Return a hash of the sources that have compiled functions, or may be called from them."""
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        text = file.read_bytes()
        if b"@compiled" in text or b"import numba" in text or b"from numba" in text:
            digest.update(file.relative_to(package).as_posix().encode() + b"\0" + text)
    return digest.hexdigest()[:12]
