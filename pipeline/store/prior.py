"""prior.pt: a frozen network with all that gives its classes the same meaning in another scene."""

import warnings
import zlib
from dataclasses import asdict, dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import BadZipFile, ZipFile

import torch
from pydantic import TypeAdapter

from pipeline.config import NetworkConfig
from pipeline.errors import InputError
from pipeline.files import replacing
from pipeline.meaning import Meaning
from pipeline.net import Network, build

_FORMAT = 4
# Of before the stride was that of the first convolution; the same but for networks that have one.
_FORMER = 3
# What files do not say that were written before it could be chosen.
_BEFORE = {"stride": 1, "precision": "float32"}


@dataclass(frozen=True)
class Prior:
    """A frozen network, its configuration, and the meaning of its input and output."""

    network: Network
    config: NetworkConfig
    meaning: Meaning


def save_prior(path: Path, prior: Prior) -> None:
    """Write a prior, whole or not at all; it is read back without pickle."""
    content = {
        "format": _FORMAT,
        "network": prior.config.model_dump(),
        "meaning": asdict(prior.meaning),
        # What is contiguous in more than one order of axes, as 1x1 kernels are, is told in one.
        "state": {
            name: value.cpu().clone(memory_format=torch.contiguous_format)
            for name, value in prior.network.state_dict().items()
        },
    }
    # By way of memory: torch writes a file's name into it, and temporary names are random.
    buffer = BytesIO()
    torch.save(content, buffer)
    with replacing(path) as temporary:
        temporary.write_bytes(buffer.getvalue())


def load_prior(path: Path) -> Prior:
    """Read a prior.

    Raises:
        InputError: no such file, or not a prior of this format.
    """
    try:
        content = _read(path)
        told, form = {**_BEFORE, **content["network"]}, content["format"]
        if form != _FORMAT and not (form == _FORMER and told["stride"] == 1):
            raise InputError(f"{path}: is a prior of format {form}, this version reads {_FORMAT}; train it again")
        config: NetworkConfig = TypeAdapter[NetworkConfig](NetworkConfig).validate_python(told)
        meaning = Meaning(**content["meaning"])
        network = build(config, meaning.channels, responses=len(meaning.names))
        network.load_state_dict(content["state"])
        _check_tree(meaning)
    except OSError as error:
        raise InputError(f"{path}: cannot be read as a prior ({error.strerror})") from None
    except UnpicklingError:
        # torch's message tells how to run what the file holds.
        raise InputError(f"{path}: is not a prior.pt of this program (more than tensors and numbers)") from None
    except (
        LookupError,
        AttributeError,
        TypeError,
        ValueError,
        RuntimeError,
        EOFError,
        BadZipFile,
        zlib.error,
    ) as error:
        reason = str(error).partition("\n")[0][:100]
        raise InputError(f"{path}: is not a whole prior.pt of this program ({reason})") from None
    return Prior(network.eval(), config, meaning)


def _check_tree(meaning: Meaning) -> None:
    if len(meaning.tree) != len(meaning.names):
        raise ValueError(f"{len(meaning.names)} classes and a tree of {len(meaning.tree)}")


def _read(path: Path) -> dict[str, Any]:
    with ZipFile(path) as file:
        # torch does not compare checksums.
        if file.testzip() is not None:
            raise BadZipFile("a checksum is wrong")
    with warnings.catch_warnings():
        # torch warns of files of other programs before it refuses them.
        warnings.simplefilter("ignore")
        content = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(content, dict):
        raise TypeError(f"a {type(content).__name__} stands alone in it")
    return content


@lru_cache(maxsize=2)
def _cached(path: Path, device: str, _stamp: int) -> Prior:
    prior = load_prior(path)
    # A third less time on CPUs than planes.
    prior.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return prior


def cached_prior(path: Path, device: str) -> Prior:
    """Read a prior onto a device, once per process and version of the file."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as error:
        raise InputError(f"{path}: cannot be read as a prior ({error.strerror})") from None
    return _cached(path, device, stamp)
