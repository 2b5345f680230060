"""What a raster refers to is there, and nothing is fetched from the network that nobody has asked for."""

import os

from pipeline.errors import InputError
from pipeline.raster.references import references, remote_reference
from pipeline.raster.source import Source


def check_complete(source: Source) -> None:
    """Refuse a VRT over itself, or over files that are not there: GDAL reads some of them as zeros without a word.

    Raises:
        InputError: it is not whole.
    """
    own = {source.path, os.path.realpath(source.path)}
    for one in references(source.path, remote=source.remote):
        if one.name in own:
            raise InputError(f"{source.path}: is made of itself; make the VRT anew, with: gdalbuildvrt")
        if one.is_missing:
            raise InputError(
                f"{source.path}: is made of {one.name}, which is not there; put it there, or make the VRT anew with:"
                " gdalbuildvrt"
            )


def check_local(path: str) -> None:
    """Refuse a file that would have its pixels fetched from the network, which nobody has asked for.

    Raises:
        InputError: it would.
    """
    found = remote_reference(path)
    if found is not None:
        by_way = "" if found.file == path else f", by way of {found.file}"
        raise InputError(
            f"{path}: refers to {found.name[:200]}{by_way}; if you trust it, give --allow-remote"
            " (input.allow_remote = true)"
        )
