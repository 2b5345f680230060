"""A configuration as TOML that explains itself."""

import json
import textwrap
from pathlib import Path

from pydantic import BaseModel

from pipeline.config import Config

_WIDTH = 100


def show_config(config: Config) -> str:
    """Write a configuration as TOML, each setting under its meaning; `load_config` reads it back to the same.

    Unset settings, which TOML cannot express, stand as comments.
    """
    return "\n".join(_section(config, "")).strip()


def _section(section: BaseModel, prefix: str) -> list[str]:
    lines: list[str] = []
    tables: list[str] = []
    for name, info in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            tables += ["", f"[{prefix}{name}]", *_section(value, f"{prefix}{name}.")]
            continue
        default = info.get_default(call_default_factory=True)
        note = "" if value == default else f" Default: {_literal(default)}."
        meaning = " ".join((info.description or "").split())
        lines += [f"# {line}" for line in textwrap.wrap(meaning + note, _WIDTH)]
        lines += [f"# {name} = (unset)" if value is None else f"{name} = {_literal(value)}", ""]
    return [*lines[:-1], *tables]


def _literal(value: object) -> str:
    """Write a value as TOML."""
    if value is None:
        return "(unset)"
    if isinstance(value, tuple):
        return f"[{', '.join(_literal(item) for item in value)}]"
    # JSON's strings, numbers and booleans are TOML's, but for surrogate pairs and a bare DEL.
    text = json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")
