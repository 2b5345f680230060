"""From a TOML file and `section.key=value` overrides to a Config."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.config import Config
from pipeline.config.section import Section
from pipeline.errors import ConfigError

# A section of these is one of several models; another choice starts from that model's own defaults, because the
# settings of the one mean nothing to the other.
_CHOICES = {"presegment": "method", "network": "kind"}
_DEFAULT_CHOICE = {"presegment": "felzenszwalb", "network": "alternating"}

# Of what a file may hold: bytes that are no UTF-8, numbers of thousands of digits, brackets within brackets.
_NOT_TOML = (ValueError, RecursionError)
_MOST_SHOWN = 200


def load_config(path: Path | None, overrides: Iterable[str] = ()) -> Config:
    """Read a configuration file, apply the overrides, validate the whole.

    Args:
        path: TOML file; None: defaults only.
        overrides: `section.key=value`, the value as in TOML; a bare word is a string.

    Raises:
        ConfigError: all that is wrong, each with its path in the configuration.
    """
    table = {} if path is None else _read(path)
    for override in overrides:
        table = _override(table, *split_override(override))
    for section, tag in _CHOICES.items():
        if isinstance(table.get(section), Mapping):
            table[section] = {tag: _DEFAULT_CHOICE[section], **table[section]}
    try:
        return Config.model_validate(table)
    except ValidationError as error:
        where = "the configuration" if path is None else str(path)
        raise ConfigError(f"{where}: {'; '.join(_mistakes(error, table))}") from None


def split_override(text: str) -> tuple[str, str]:
    """Split `section.key=value`.

    Raises:
        ConfigError: it is not of that form.
    """
    key, equals, value = text.partition("=")
    if not equals or not all(part.strip() for part in key.split(".")):
        raise ConfigError(f"--set {text}: write it as section.key=value, such as tiles.size=512")
    return key.strip(), value.strip()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read as a configuration ({error.strerror})") from None
    except _NOT_TOML as error:
        raise ConfigError(f"{path}: is not valid TOML: {' '.join(str(error).split())}") from None


def _value(text: str) -> object:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except _NOT_TOML:
        return text
    # Lines after the value would be settings of their own.
    return parsed["value"] if len(parsed) == 1 else text


def _override(table: Mapping[str, Any], key: str, text: str) -> dict[str, Any]:
    head, dot, rest = key.partition(".")
    result = dict(table)
    # `--set input.bands=unset` gives a setting its default back, where a file has set it.
    if text == "unset" and (head not in result or not dot):
        result.pop(head, None)
        return result
    if not dot:
        result[head] = _value(text)
        return result
    section = result.get(head, {})
    if not isinstance(section, Mapping):
        raise ConfigError(f"--set {key}={text}: {head} is a setting, not a section")
    if rest == _CHOICES.get(head) and section.get(rest, _DEFAULT_CHOICE[head]) != _value(text):
        section = {}
    result[head] = _override(section, rest, text)
    return result


def _mistakes(error: ValidationError, table: Mapping[str, Any]) -> list[str]:
    """Say each mistake of a validation as `path: what is wrong (got value)`."""
    mistakes, found = [], error.errors()
    for item in found:
        place = item["loc"]
        if item["type"] == "too_short" and any(other["loc"][: len(place)] == place != other["loc"] for other in found):
            # Of a list whose members are wrong; they were left out before it was counted.
            continue
        path = _path(place, table)
        message = _reworded(item["type"], path) or item["msg"].removeprefix("Value error, ")
        got = item.get("input")
        shown = "" if isinstance(got, Mapping | Section) else f" (got {_short(got)})"
        mistakes.append(f"{path or 'configuration'}: {message}{shown}")
    return mistakes


def _reworded(kind: str, path: str) -> str | None:
    """Say in words of our own what pydantic says of its models and of Python's types."""
    if kind == "tuple_type":
        return "write a list, such as [1]"
    if kind != "extra_forbidden":
        return None
    known = [".".join(names) for names in _names(Config().model_dump())]
    near = get_close_matches(path, known, n=1)
    meant = f", did you mean {near[0]}?" if near else ";"
    return f"there is no such setting{meant} `aerialseg config` lists all"


def _names(table: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, value in table.items():
        yield (name,)
        if isinstance(value, Mapping):
            yield from ((name, *rest) for rest in _names(value))


def _short(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:
        # Python writes no numbers of thousands of digits.
        return "a number of thousands of digits"
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


def _path(location: tuple[int | str, ...], table: Mapping[str, Any]) -> str:
    """Leave out what pydantic puts into a path for the members of a union; the user wrote no such level."""
    parts: list[str] = []
    node: Any = table
    for part in location:
        if isinstance(node, Mapping) and part in node:
            node = node[part]
        elif not (isinstance(node, list) and isinstance(part, int)):
            continue
        parts.append(str(part))
    return ".".join(parts)
