"""What is refused before work begins, each with the setting to change."""

from functools import lru_cache
from pathlib import Path

from pipeline.box import Box
from pipeline.config import Config, NetworkConfig
from pipeline.errors import ConfigError, InputError, OutputError, ResourceError
from pipeline.net import build
from pipeline.raster.source import Source, read
from pipeline.run.machine import free_disk
from pipeline.run.scenes import Scene

# A block of more than this is decoded dozens of times, or is a few bytes on disk that mean gigabytes of nothing.
_MOST_BLOCK_BYTES = 500_000_000


def check_blocks(scene: Scene, source: Source) -> None:
    """Read a pixel, so that a file that cannot be read is known before work; but not of a block that fills memory."""
    size, (rows, columns) = source.spec.block_bytes, source.spec.block_shape
    if size > _MOST_BLOCK_BYTES:
        raise InputError(
            f"{scene.path}: its blocks of {columns} x {rows} px take {size / 1e9:.1f} GB each to decode, again for"
            " every tile; rewrite it in smaller ones, with: gdal_translate -co TILED=YES"
        )
    read(source, Box(0, 0, 1, 1))


def check_halo(config: Config, channels: int) -> None:
    """Refuse a halo that the network sees beyond."""
    radius = _radius(config.network, channels)
    if config.train.has_prior and config.tiles.halo < radius:
        raise ConfigError(
            f"tiles.halo = {config.tiles.halo} is less than the network's receptive radius of {radius}, so tiles would"
            f" show; set tiles.halo to {radius} or more"
        )


@lru_cache
def _radius(network: NetworkConfig, channels: int) -> int:
    return build(network, channels).reach


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
    if Path(scene.path).resolve() in {(out / name).resolve() for name in ("classes.tif", "finest.tif")}:
        raise OutputError(f"{scene.path}: the result would overwrite the scene itself; choose another --out")


def check_disk(folder: Path, need: int, setting: str) -> None:
    """Refuse a folder with too little space; `setting` is the option that names another one."""
    free = free_disk(folder)
    if need > free:
        raise ResourceError(
            f"{folder}: the run needs about {need / 1e9:.1f} GB of disk there and {free / 1e9:.1f} GB are free;"
            f" make space or choose another folder with {setting}"
        )
