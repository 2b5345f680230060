"""A page of one file: a template filled, with its style and scripts inside, and nothing else let in."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = "page"


def fill_page(template: str, *, styles: tuple[str, ...], scripts: tuple[str, ...], **content: Any) -> str:  # noqa: ANN401
    """Fill a template of the folder `page`.

    Args:
        template: its file's name.
        styles: files of CSS, which become one.
        scripts: files of JavaScript, which become one.
        content: what the template names; texts are escaped.
    """
    style, script = ("\n".join(read_asset(name) for name in names) for names in (styles, scripts))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return (
        templates(__package__, _FOLDER)
        .get_template(template)
        .render(policy=policy, style=style, script=script, **content)
    )


@cache
def templates(package: str, folder: str) -> "Environment":
    """Return the templates in a folder of a package; what is filled in is escaped, and must be there."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def read_asset(name: str) -> str:
    """Return the text of a style or script of reports."""
    return files(__package__).joinpath(_FOLDER, name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
