"""Where a raster is that somebody names."""

import os
import re
from pathlib import Path

from pipeline.errors import InputError

# What GDAL opens without a file of that name: http://…, /vsizip/…, NETCDF:file.nc:variable.
_NOT_A_FILE = re.compile(r"/vsi|[A-Za-z][\w+.-]+:")


def located(path: str) -> str:
    """Return the absolute path of a file, so that workers elsewhere find it; anything else as it is."""
    try:
        if not os.path.lexists(path) and _NOT_A_FILE.match(path):
            return path
        absolute = Path(path).absolute()
        if absolute.is_dir():
            raise InputError(f"{path}: is a folder; name the raster within")
        if absolute.exists() and not absolute.is_file():
            raise InputError(f"{path}: is not a regular file; copy it to one")
        with absolute.open("rb"):
            return str(absolute)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror}); make it readable") from None
    except ValueError:
        raise InputError(f"{path!r}: is not the name of a file") from None
