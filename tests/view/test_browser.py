"""The map in a real browser; skipped where there is no Chromium."""

import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pipeline.view.basemap import read_base

pytestmark = [
    pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning"),  # within rasterio
]
SETTLED = """() => !document.querySelector('.pane[data-waiting=yes]') && document.querySelector('.pane img.there')"""
SHOWN = """() => [...document.querySelectorAll('.pane:not([hidden]) img.there')].map(
  (image) => image.getAttribute('src'))"""
GROUND = (32, 37, 42)
DOT = BytesIO()
Image.new("RGB", (1, 1)).save(DOT, "PNG")


@pytest.fixture
def visit(browser):
    """Give a function that opens a page of a server; complaints and requests of other machines fail the test."""
    complaints, contexts = [], []

    def visit(address, foreign=None, **options):
        contexts.append(browser.new_context(**{"viewport": {"width": 1000, "height": 600}, **options}))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def route(route):
            url = route.request.url
            if url.startswith(address):
                route.continue_()
            elif foreign is not None and url.startswith(foreign):
                route.fulfill(body=DOT.getvalue(), content_type="image/png")
            else:
                complaints.append(url)
                route.abort()

        page.route("**/*", route)
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def settle(page):
    page.wait_for_function(SETTLED)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def colours(page):
    """Return the colours of the map's middle third and how often each is there."""
    box = page.locator("#map").bounding_box()
    side = min(box["width"], box["height"]) / 3
    clip = {"x": box["x"] + box["width"] / 2 - side / 2, "y": box["y"] + box["height"] / 2 - side / 2}
    content = page.screenshot(clip={**clip, "width": side, "height": side})
    pixels = np.asarray(Image.open(BytesIO(content)).convert("RGB")).reshape(-1, 3)
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    return {tuple(colour): int(count) for colour, count in zip(found.tolist(), counts, strict=True)}


def test_the_map_shows_the_classes_in_their_colours(out, manifest, served, visit):
    page = visit(served(out / "village").address)
    settle(page)
    assert page.locator(".legend:visible li").all_inner_texts() == [
        entry["title"].replace(" %", "\xa0%") for entry in manifest["classes"]
    ]
    page.locator("#opacity").fill("100")
    for layer, entries in (("classes", manifest["classes"]), ("finest", manifest["levels"]["finest"])):
        page.locator(f"input[value={layer}]").check()
        settle(page)
        seen = colours(page)
        known = {tuple(entry["colour"]) for entry in entries}
        # Between pixels of the screen and of a tile that is not at its own zoom there are mixed ones.
        assert sum(count for colour, count in seen.items() if colour in known) > 0.6 * sum(seen.values())
        assert len(set(seen) & known) > 1
        assert len(page.locator(".legend:visible li").all()) == len(entries)
    assert any("/tiles/finest/" in source for source in page.evaluate(SHOWN))


def test_opacity_and_what_lies_beneath(out, served, visit):
    page = visit(served(out / "village").address)
    settle(page)
    beneath, opacity = page.get_by_label("The scene", exact=True), page.get_by_role("slider", name="Opacity")
    assert any("/tiles/scene/" in source for source in page.evaluate(SHOWN))
    opacity.fill("0")
    assert opacity.get_attribute("aria-valuetext") == "0 %"
    assert len(colours(page)) > 100
    beneath.uncheck()
    settle(page)
    assert set(colours(page)) == {GROUND}
    page.get_by_label("The scene itself").check()
    assert beneath.is_disabled()
    opacity.fill("100")
    settle(page)
    assert len(colours(page)) > 100


def test_keys_buttons_wheel_and_dragging(out, served, visit):
    page = visit(served(out / "village").address)
    settle(page)
    view, zoom = page.locator("#map"), lambda: float(page.locator("#map").get_attribute("data-zoom"))
    whole, first = zoom(), page.evaluate(SHOWN)
    view.focus()
    page.keyboard.press("+")
    assert zoom() == pytest.approx(whole + 1, abs=0.01)
    settle(page)
    assert page.evaluate(SHOWN) != first
    page.get_by_role("button", name="Zoom out").click()
    assert zoom() == pytest.approx(whole, abs=0.01)
    page.keyboard.press("+")
    view.focus()
    for key in ("ArrowRight", "ArrowDown"):
        before = view.screenshot()
        page.keyboard.press(key)
        settle(page)
        assert view.screenshot() != before
    page.keyboard.press("0")
    assert zoom() == whole
    settle(page)
    box = view.bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    page.mouse.wheel(0, -300)
    page.wait_for_function("(before) => Number(document.getElementById('map').dataset.zoom) > before", arg=whole)
    settle(page)
    before = view.screenshot()
    page.mouse.down()
    page.mouse.move(box["x"] + 350, box["y"] + 330, steps=3)
    page.mouse.up()
    settle(page)
    assert view.screenshot() != before
    for _ in range(40):
        page.keyboard.press("+")
    most = zoom()
    page.keyboard.press("+")
    assert zoom() == most == float(view.get_attribute("data-most"))
    settle(page)


def test_a_base_map_is_asked_for_only_where_it_is_named(out, served, visit):
    server = served(out / "village", read_base("https://tile.example.org/{z}/{x}/{y}.png"))
    page = visit(server.address, foreign="https://tile.example.org/")
    settle(page)
    shown = [source for source in page.evaluate(SHOWN) if source.startswith("https://tile.example.org/")]
    assert shown
    assert page.locator(".credit").inner_text() == "Base map: tile.example.org"
    page.get_by_label("Map of tile.example.org").uncheck()
    settle(page)
    assert not any("example.org" in source for source in page.evaluate(SHOWN))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_scrolls_one_way(out, served, visit, scheme):
    phone = {"width": 390, "height": 844}
    page = visit(served(out / "village").address, viewport=phone, color_scheme=scheme, is_mobile=True, has_touch=True)
    settle(page)
    page.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == phone["width"]
    address = page.locator("[data-address]").first.inner_text()
    assert address == page.url + "tiles/classes/{z}/{x}/{y}.png"
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (json.loads(paper.replace("rgb(", "[").replace(")", "]"))[0] > 200) == (scheme == "light")


def test_from_the_list_to_a_scene_and_its_report(out, served, visit):
    address = served(out).address
    page = visit(address)
    page.get_by_role("link", name="village", exact=True).click()
    settle(page)
    page.get_by_role("link", name="Report").click()
    # Its own script has run.
    page.get_by_role("slider", name="Divide between scene").wait_for()
    page.go_back()
    page.get_by_role("link", name="All scenes").click()
    page.get_by_role("link", name="nowhere", exact=True).click()
    assert "there is no web map of it" in page.locator("main").inner_text()
    assert page.locator("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
