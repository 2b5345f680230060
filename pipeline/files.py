"""Files appear whole or not at all."""

import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# An innermost list in indented JSON; within a string there is no line break.
_INNERMOST = re.compile(r"\[\n[^][{}]*\]")


@contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Give a temporary path beside `path`; what was written there takes its place when the block ends well.

    The temporary name keeps the suffix, because libraries choose formats by it, and is removed on any error. If
    `durable`, data reach the disk before the name does, which takes a tenth of a second at times.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        if durable:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a text file, whole or not at all; see `replacing` for `durable`."""
    with replacing(path, durable=durable) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, content: object) -> None:
    """Write indented JSON, whole or not at all; a list of numbers or texts takes one line."""
    write_text(path, _INNERMOST.sub(_on_one_line, json.dumps(content, indent=1)) + "\n")


def _on_one_line(found: re.Match[str]) -> str:
    return re.sub(r"\n *", " ", re.sub(r"(?<=\[)\n *|\n *(?=\])", "", found[0]))
