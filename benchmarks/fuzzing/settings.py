"""Settings by chance: of right and wrong types, in and out of range."""

import json
from random import Random

from pydantic import BaseModel

from pipeline.config import Config

_ODD = (
    *("nan", "-inf", "inf", "1e400", "-1", "0", "1", "0.5", "-0.0", "2", "3", "16", "128", "1024", "65536", "1000000"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "1" * 400, "1" * 5000, "true", "false"),
    *('""', '"none"', '"nan"', '"unset"', '"\\u0000"', '"é\\n"', '"../.."', '"/dev/null"', '"' + "x" * 5000 + '"'),
    *("[]", "[1]", "[0]", "[1, 2, 3]", "[3, 1]", "[99, 1]", "[nan, 1]", "[[1], [2]]", "[1, 'a']", "[1, 1]"),
    *("{}", "{a = 1}", "{a = {b = {c = 1}}}", "1979-05-27", "[" * 40 + "]" * 40, "unset", "a word", "=", "[", "'"),
)
# A network of these sizes would be built to learn how much memory it wants.
_WORDS = (
    "shared",
    "adapt",
    "independent",
    "slic",
    "watershed",
    "felzenszwalb",
    "kanezaki2018",
    "alternating",
    "dataset",
)


def draw_settings(random: Random) -> list[str]:
    """Return one to four overrides as `--set` takes them."""
    return [_override(random) for _ in range(random.choice((1, 1, 2, 4)))]


def draw_toml(random: Random) -> bytes:
    """Return a configuration file, which may be none."""
    lines = []
    for key in random.sample(_keys(), random.choice((1, 3, 8))):
        section, _, name = key.rpartition(".")
        lines += [f"[{section}]" if section else "", f"{name} = {_value(random)}"]
    content = "\n".join(lines).encode()
    if random.random() < 0.2:  # noqa: PLR2004
        place = random.randrange(len(content))
        content = content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]
    return content


def _override(random: Random) -> str:
    key = random.choice(_keys())
    if random.random() < 0.1:  # noqa: PLR2004
        key = random.choice((key + ".x", key.upper(), "." + key, key[:-1], "a.b.c.d", "", "é"))
    return f"{key}={_value(random)}" if random.random() < 0.97 else key  # noqa: PLR2004


def _value(random: Random) -> str:
    if random.random() < 0.15:  # noqa: PLR2004
        return json.dumps(random.choice(_WORDS))
    return random.choice((*_ODD, str(random.uniform(-2, 300)), str(random.randrange(3000))))


def _keys(model: type[BaseModel] = Config, before: str = "") -> list[str]:
    keys = []
    for name, field in model.model_fields.items():
        default = field.default
        keys += _keys(type(default), f"{before}{name}.") if isinstance(default, BaseModel) else [before + name]
    return keys
