"""Options that commands share, and how they become a configuration."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.box import Box
from pipeline.config import Config
from pipeline.config.load import load_config
from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.run.options import Options

_PATH = click.Path(path_type=Path)
_CONFIGURATION = (
    click.option("--config", "-c", type=_PATH, help="Configuration file (TOML)."),
    click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Override a setting: tiles.size=512."),
)
_RUN = (
    *_CONFIGURATION,
    click.option(
        "--out",
        "-o",
        type=_PATH,
        default=Path("out"),
        show_default=True,
        help="Folder for results.",
    ),
    click.option("--outputs", metavar="NAME,NAME", help="What is made, such as classes,style; see output.products."),
    click.option("--animate", is_flag=True, help="Make merge.gif, too: how classes merge step by step."),
    click.option("--prior", type=_PATH, help="Use the classes of this prior.pt."),
    click.option("--window", metavar="COL,ROW,WIDTH,HEIGHT", help="Only this part of each scene, in pixels."),
    click.option("--bbox", metavar="LEFT,BOTTOM,RIGHT,TOP", help="Only this part of each scene, in units of its CRS."),
    click.option("--allow-remote", is_flag=True, help="Fetch what a local file, such as a VRT, refers to elsewhere."),
    click.option("--work", type=_PATH, help="Folder for intermediate files (default: with the results)."),
    click.option("--fresh", is_flag=True, help="Begin anew, whatever an earlier run has done already."),
    click.option("--keep-work", is_flag=True, help="Keep intermediate files."),
    click.option("--gpus", metavar="N,N", help="CUDA devices to use, within CUDA_VISIBLE_DEVICES (default: all)."),
    click.option("--scheduler", metavar="ADDRESS", help="Run on the workers of this Dask scheduler."),
)

Command = Callable[..., Any]


def configuration_options(command: Command) -> Command:
    """Add --config and --set."""
    return _add(command, _CONFIGURATION)


def run_options(command: Command) -> Command:
    """Add all that says what is run and where."""
    return _add(command, _RUN)


@dataclass(frozen=True)
class Request:
    """What a command line asks for."""

    config: Config
    options: "Options"


def read_request(arguments: dict[str, Any]) -> Request:
    """Build the configuration and options from the values of `run_options`.

    Raises:
        ConfigError: something is not of its form.
    """
    from pipeline.run.options import Options

    settings, added = list(arguments["settings"]), ["animation"] if arguments["animate"] else []
    for name, key in (("prior", "prior.file"), ("scheduler", "cluster.scheduler")):
        if arguments[name] is not None:
            # In TOML's quotes, for a name such as 7 or unset means something else without them.
            settings.append(f"{key}={json.dumps(str(arguments[name]), ensure_ascii=False)}")
    if arguments["outputs"] is not None:
        settings.append(_products([*arguments["outputs"].split(","), *added]))
    elif added:
        settings.append(_products([*load_config(arguments["config"], settings).output.products, *added]))
    if arguments["allow_remote"]:
        settings.append("input.allow_remote=true")
    if arguments["gpus"] is not None:
        settings.append(f"cluster.gpus=[{arguments['gpus']}]")
    window, bounds = arguments["window"], arguments["bbox"]
    if window is not None and bounds is not None:
        raise ConfigError("--window and --bbox exclude each other; keep one")
    options = Options(
        out=arguments["out"],
        work=arguments["work"],
        keep_work=arguments["keep_work"],
        fresh=arguments["fresh"],
        window=None if window is None else _window(window),
        bounds=None if bounds is None else _bounds(bounds),
    )
    return Request(load_config(arguments["config"], settings), options)


def _add(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def _products(names: Iterable[str]) -> str:
    return f"output.products={json.dumps([name.strip() for name in names], ensure_ascii=False)}"


def _window(text: str) -> Box:
    try:
        left, top, width, height = (int(part) for part in text.split(","))
        return Box(top, left, top + height, left + width)
    except ValueError:
        raise ConfigError(f"--window {text}: give COL,ROW,WIDTH,HEIGHT in pixels, such as 0,0,1000,1000") from None


def _bounds(text: str) -> tuple[float, float, float, float]:
    try:
        left, bottom, right, top = (float(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"--bbox {text}: give LEFT,BOTTOM,RIGHT,TOP in units of the scene's CRS") from None
    if not (left < right and bottom < top):
        raise ConfigError(f"--bbox {text}: left must be below right, and bottom below top")
    return left, bottom, right, top
