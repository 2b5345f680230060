"""The server: on this machine, for this machine, and of no use to other pages in its browser."""

import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.errors import ConfigError
from pipeline.raster.webtiles import require_tiler
from pipeline.view.answer import TEXT, Answer, answer
from pipeline.view.site import Site

ADDRESS = "127.0.0.1"

# A browser leaves this port out of the name.
_USUAL = 80

_COMMON = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Outputs have styles and scripts within, and name those by their hashes in a policy of their own.
_OUTPUT = f"default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; {_COMMON}"


class Server(ThreadingHTTPServer):
    """Answers on 127.0.0.1 only."""

    daemon_threads = True

    def __init__(self, site: Site, port: int) -> None:
        """Take a port, a free one if it is 0; requests wait until `serve_forever`.

        Raises:
            OSError: it cannot be had.
        """
        self.site = site
        super().__init__((ADDRESS, port), _Handler)
        self.names = frozenset(f"{name}:{self.server_port}" for name in (ADDRESS, "localhost"))
        """What a request may call the server: a name that leads here by DNS is another page's trick."""
        if self.server_port == _USUAL:
            self.names |= {ADDRESS, "localhost"}
        origin = f" {site.base.origin}" if site.base else ""
        self.policy = f"default-src 'self'; img-src 'self'{origin}; object-src 'none'; {_COMMON}"

    @property
    def address(self) -> str:
        """Where its first page is."""
        return f"http://{ADDRESS}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the library has it
        """Say nothing of a browser that has lost interest; anything else is a bug, with its traceback."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = f"aerialseg/{__version__}", ""
    # Connections stay open, so that a thread's GDAL datasets do, too.
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").lower()
        if host not in self.server.names:
            self._send(Answer(HTTPStatus.FORBIDDEN, TEXT, b"This server has another name.\n"))
            return
        self._send(answer(self.server.site, self.path, host))

    do_HEAD = do_GET  # noqa: N815 - as the library has it

    def _refuse(self) -> None:
        self.close_connection = True
        self._send(Answer(HTTPStatus.METHOD_NOT_ALLOWED, TEXT, b"Only GET and HEAD.\n"))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = _refuse  # noqa: N815

    def _send(self, found: Answer) -> None:
        if isinstance(found.body, Path):
            try:
                file = found.body.open("rb")
            except OSError:
                self._send(Answer(HTTPStatus.NOT_FOUND, TEXT, b"This file cannot be read.\n"))
                return
            with file:
                self._head(found, file.seek(0, 2))
                file.seek(0)
                if self.command != "HEAD":
                    shutil.copyfileobj(file, self.wfile)
            return
        self._head(found, len(found.body))
        if self.command != "HEAD":
            self.wfile.write(found.body)

    def _head(self, found: Answer, length: int) -> None:
        self.send_response(found.status)
        base = self.server.site.base is not None and not found.output
        for name, value in (
            ("Content-Type", found.kind),
            ("Content-Length", str(length)),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", _OUTPUT if found.output else self.server.policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            # Servers of maps want to know that a page asks, and are told no more than that.
            ("Referrer-Policy", "origin" if base else "no-referrer"),
            *((("Location", found.location),) if found.location else ()),
            *((("Allow", "GET, HEAD"),) if found.status == HTTPStatus.METHOD_NOT_ALLOWED else ()),
            *((("Connection", "close"),) if self.close_connection else ()),
        ):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library has it
        """Say nothing: whoever looks sees the page."""


def serve(site: Site, port: int, told: Callable[[str], None]) -> None:
    """Serve until the user interrupts.

    Args:
        site: what there is.
        port: 0 for a free one.
        told: called with the address, when requests are taken.

    Raises:
        ConfigError: the port cannot be had, or rio-tiler is not here.
    """
    require_tiler()
    try:
        server = Server(site, port)
    except OSError as error:
        raise ConfigError(f"--port {port}: cannot be had ({error.strerror}); name another one, or none") from None
    with server, suppress(KeyboardInterrupt):
        told(server.address)
        server.serve_forever()
