"""What is refused before work begins, each with the setting to change."""

import os
from pathlib import Path

from pipeline.config import Config
from pipeline.errors import ConfigError, InputError, OutputError, ResourceError
from pipeline.meaning import Meaning
from pipeline.netplan import plan_network
from pipeline.raster.scaling import Scaling
from pipeline.run.machine import free_disk
from pipeline.run.scenes import Scene

# Of our outputs those that a scene may be called.
_PICTURES = ("classes.tif", "finest.tif", "objects.tif", "preview.png")


def check_halo(config: Config, channels: int) -> None:
    """Refuse a halo that the network sees beyond."""
    radius = plan_network(config.network, channels).reach
    if config.train.has_prior and config.tiles.halo < radius:
        raise ConfigError(
            f"tiles.halo = {config.tiles.halo} is less than the network's receptive radius of {radius}, so tiles would"
            f" show; set tiles.halo to {radius} or more"
        )


def check_values(prior: Path, meaning: Meaning, found: Scaling, scene: str) -> None:
    """Refuse a scene whose values are mostly beyond those that a prior was trained on, or within a hundredth of them.

    Args:
        prior: its file.
        meaning: what it was trained on.
        found: of the scene, as if it were trained on.
        scene: its path.

    Raises:
        InputError: all would be one class or noise.
    """
    if set(zip(found.low, found.high, strict=True)) == {(0.0, 1.0)}:
        # There is no valid pixel, or but one value.
        return
    for low, high, least, most in zip(meaning.low, meaning.high, found.low, found.high, strict=True):
        shared = min(high, most) - max(low, least)
        if 2 * shared >= most - least and 100 * (most - least) >= high - low:
            return
    has, knows = (f"{min(one.low):g} to {max(one.high):g}" for one in (found, meaning))
    raise InputError(
        f"{scene}: has values of {has}, the prior {prior} was trained on {knows}; rescale the scene, or choose another"
        " prior"
    )


def check_out(out: Path, scene: Scene) -> None:
    """Refuse an output folder that is a file, or that would put results over the scene."""
    for folder in (out, *out.parents):
        try:
            found = folder.exists()
        except OSError as error:
            raise OutputError(f"{folder}: cannot be a folder ({error.strerror}); choose another --out") from None
        if found:
            if not folder.is_dir():
                raise OutputError(f"{folder}: is a file, so no results can be written below it; choose another --out")
            break
    if Path(scene.path).resolve() in {(out / name).resolve() for name in _PICTURES}:
        raise OutputError(f"{scene.path}: the result would overwrite the scene itself; choose another --out")


def check_writable(folder: Path, setting: str) -> None:
    """Refuse a folder that cannot be made, or written to; `setting` is the option that names another one."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    if not os.access(there, os.W_OK | os.X_OK):
        raise OutputError(f"{there}: cannot be written to; make it writable, or choose another folder with {setting}")


def check_disk(folder: Path, need: int, setting: str) -> None:
    """Refuse a folder with too little space; `setting` is the option that names another one."""
    free = free_disk(folder)
    if need > free:
        raise ResourceError(
            f"{folder}: the run needs about {need / 1e9:.1f} GB of disk there and {free / 1e9:.1f} GB are free;"
            f" make space or choose another folder with {setting}"
        )
