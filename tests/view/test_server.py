import http.client
import json
import socket
import urllib.parse

import pytest

from pipeline.errors import ConfigError
from pipeline.view.basemap import read_base
from pipeline.view.server import serve
from pipeline.view.site import OUTPUTS, Site

pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # within rasterio
BASE = "https://tile.example.org/{z}/{x}/{y}.png"


def test_it_listens_on_this_machine_only(out, served):
    server = served(out)
    assert server.socket.getsockname() == ("127.0.0.1", server.server_port)
    assert server.address == f"http://127.0.0.1:{server.server_port}/"
    # All of 127/8 is this machine, and only one of it is bound: no other address is.
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", server.server_port), 5):
        pass


@pytest.mark.parametrize(
    "host", ["example.org", "127.0.0.1", "example.org:{port}", "localhost:1", "", "127.0.0.1:{port}.x"]
)
def test_other_names_are_refused(out, served, ask, host):
    server = served(out)
    status, _, body = ask(server, "/", host=host.format(port=server.server_port))
    assert status == 403
    assert b"village" not in body
    assert ask(server, "/", host=f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../secret",
        "/..%2fsecret",
        "/%2e%2e/secret",
        "/%2e%2e%2fsecret",
        "/village/../../secret",
        "/village/%2e%2e/%2e%2e/secret",
        "/village/..%2f..%2fsecret",
        "/..",
        "/village/..",
        "/./village/report.html",
        "//secret",
        "{secret}",
        "/{secret}",
        "/village/{quoted}",
        "file://{secret}",
        "http://127.0.0.1/village/report.html",
        "/village/report.html%00",
        "/village/linked.tif",
        "/village/merge.gif",
        "/_view/../../pyproject.toml",
        "/_view/%2e%2e%2fpages.py",
        "/_view/frame.html",
        "/village/tiles/..%2f..%2fsecret/0/0/0.png",
        "/village/tiles/classes/0/0/-1.png",
        "/village/tiles/classes/0/0/0.tif",
        "/village/tiles/classes/99/0/0.png",
        "/village/tiles/classes/1/0/2.png",
        "/village/tiles/classes",
        "/village/tiles/",
        "/village/tiles/secret.json",
        "/nobody/",
        "/[",
    ],
)
def test_nothing_but_outputs_is_served(folder, served, ask, path):
    out = folder.parent
    secret = out / "secret"
    secret.write_text("secret", encoding="utf-8")
    for link in ("linked.tif", "merge.gif"):
        (folder / link).symlink_to(secret)
    target = path.format(secret=secret, quoted=urllib.parse.quote(str(secret), safe=""))
    status, _, body = ask(served(out), target)
    assert status in (400, 404)
    assert body != b"secret"


def test_outputs_are_served_as_they_are(out, served, ask):
    server, kinds = served(out / "village"), {"report.html": "text/html; charset=utf-8", "classes.tif": "image/tiff"}
    names = sorted(file.name for file in (out / "village").iterdir() if file.name in OUTPUTS)
    assert "report.html" in names
    for name in names:
        status, headers, body = ask(server, f"/{name}")
        assert (status, body) == (200, (out / "village" / name).read_bytes())
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Type"] == kinds.get(name, headers["Content-Type"])
        status, headers, none = ask(server, f"/{name}", method="HEAD")
        assert (status, none, headers["Content-Length"]) == (200, b"", str(len(body)))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT"])
def test_only_reading_is_allowed(out, served, ask, method):
    status, headers, _ = ask(served(out), "/", method=method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_pages_and_tiles_of_several_scenes(out, served, ask, capfd):
    server = served(out)
    status, _, body = ask(server, "/")
    assert status == 200
    assert b'href="village/"' in body
    assert ask(server, "/village")[1]["Location"] == "/village/"
    told = json.loads(ask(server, "/village/tiles/classes.json")[2])
    assert told["tiles"] == [f"{server.address}village/tiles/classes/{{z}}/{{x}}/{{y}}.png"]
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    for layer in ("classes", "finest", "scene"):
        # One connection for all, which stays open.
        connection.request("GET", f"/village/tiles/{layer}/0/0/0.png")
        answer = connection.getresponse()
        assert answer.read().startswith(b"\x89PNG")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    connection.close()
    # No line for every request.
    assert capfd.readouterr() == ("", "")


def test_no_other_machine_is_named_without_a_base_map(out, served, ask):
    server = served(out)
    _, headers, body = ask(server, "/village/")
    policy = headers["Content-Security-Policy"]
    assert "img-src 'self';" in policy
    assert b"http" not in body.replace(b"http-equiv", b"")
    for name in ("page.js", "tiles.js", "view.js", "input.js", "mercator.js", "view.css", "base.css"):
        status, _, text = ask(server, f"/_view/{name}")
        assert status == 200
        assert b"http" not in text
        assert b"//" not in text.replace(b"// ", b"")
    server = served(out, read_base(BASE))
    _, headers, body = ask(server, "/village/")
    assert "img-src 'self' https://tile.example.org;" in headers["Content-Security-Policy"]
    assert BASE.encode() in body


def test_a_scene_nowhere_has_its_report_and_a_sentence(out, served, ask):
    status, _, body = ask(served(out / "nowhere"), "/")
    assert status == 200
    assert b"there is no web map of it" in body
    assert b'href="report.html"' in body
    assert b"<script" not in body
    assert ask(served(out / "nowhere"), "/tiles/classes/0/0/0.png")[0] == 404


def test_a_scene_that_breaks_meanwhile_does_not_hide_others(folder, served, ask):
    server = served(folder.parent)
    (folder.parent / "new").mkdir()
    (folder.parent / "new" / "manifest.json").write_text("{}", encoding="utf-8")
    status, _, body = ask(server, "/")
    assert status == 200
    assert b'href="village/"' in body
    assert b"is not a whole manifest" in body
    assert ask(server, "/new/")[0] == 404


def test_a_port_that_is_taken_is_a_sentence(out):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"--port {port}: cannot be had"):
            serve(Site(out), port, print)
