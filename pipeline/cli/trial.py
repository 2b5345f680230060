"""`aerialseg try`."""

from collections.abc import Sequence
from typing import Any

import click

from pipeline.cli.options import read_request, run_options
from pipeline.config.load import split_override
from pipeline.errors import ConfigError

_MOST_VALUES = 16
_OPENING, _CLOSING, _QUOTES = "[{", "]}", "\"'"


@click.command("try")
@click.argument("scene", metavar="SCENE")
@run_options
def try_command(scene: str, **arguments: Any) -> None:  # noqa: ANN401 - options of several types
    """Try values of a setting on one window of SCENE, and lay the results side by side in one picture.

    Of one --set give several values, separated by commas; each makes a row of OUT/<scene>/try.png: the image, its
    pre-segments, its classes in their mean colours. Commas within brackets or quotes separate nothing, so values that
    are arrays are written as in TOML. Other settings have one value:

    \b
      aerialseg try a.tif --set presegment.scale=32,64,128
      aerialseg try a.tif --set presegment.method=slic --set presegment.n_segments=2000,8000
      aerialseg try a.tif --set "input.bands=[1,2,3],[4,3,2]" --window 2000,3000,800,600

    Without --window or --bbox the window is 512 x 512 px in the middle of what is valid. A value is tried by the very
    run that `segment --window` makes, so whatever a run takes from its whole scene is taken from the window: the
    training's patches, and for bands of other types than uint8 the range of values (with --prior, both are the
    prior's). Work is done in this process, unless cluster settings, --gpus or --scheduler say otherwise. --keep-work
    keeps the results of every value.
    """  # noqa: D301 - click wants the control character itself
    key, choices = spread(arguments["settings"])
    from pipeline.run.scenes import find_scenes
    from pipeline.run.trial import Variant, naming, try_scene

    variants = []
    for value, settings in choices:
        title = f"{key} = {value}" if key else ""
        with naming(title):
            request = read_request({**arguments, "settings": settings})
        variants.append(Variant(title, request.config))
    scenes = find_scenes([scene])
    if len(scenes) > 1:
        raise ConfigError(f"{scene}: is {len(scenes)} scenes, and values are tried on one; name one of them")
    sheet = try_scene(scenes[0], variants, request.options, lambda line: click.echo(line, err=True))
    click.echo(sheet)


def spread(settings: Sequence[str]) -> tuple[str, list[tuple[str, tuple[str, ...]]]]:
    """Turn settings, one of which may have several values, into one list of settings for each of its values.

    Args:
        settings: `section.key=value`, as given to --set.

    Returns:
        The setting that has several values, "" if none has; and per value the value itself and all settings, in
        the order given.

    Raises:
        ConfigError: several settings have several values, one has too many, or a value is missing.
    """
    split = [(key, split_values(text)) for key, text in map(split_override, settings)]
    varied = [place for place, (_, values) in enumerate(split) if len(values) > 1]
    if not varied:
        return "", [("", tuple(settings))]
    if len(varied) > 1:
        names = " and ".join(split[place][0] for place in varied)
        raise ConfigError(f"--set gives several values to {names}; one setting can be varied at a time")
    place = varied[0]
    key, values = split[place]
    if "" in values:
        raise ConfigError(f"--set {settings[place]}: a value is missing beside a comma")
    if len(values) > _MOST_VALUES:
        raise ConfigError(f"--set {settings[place]}: {len(values)} values; try at most {_MOST_VALUES} at a time")
    return key, [(value, (*settings[:place], f"{key}={value}", *settings[place + 1 :])) for value in values]


def split_values(text: str) -> list[str]:
    """Split a text at the commas that are not within brackets, braces or quotes."""
    values, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        elif character == "," and depth == 0:
            values.append("")
            continue
        else:
            depth += (character in _OPENING) - (character in _CLOSING)
        values[-1] += character
    return [value.strip() for value in values]
