"""The page in a real browser, opened from its file; skipped where there is no Chromium."""

import base64
import json

import numpy as np
import pytest
import rasterio

LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
# The picture of classes as it is shown now: red, green, blue, opacity of every pixel.
PIXELS = """() => {
  const picture = document.querySelector("#over img"), canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth; canvas.height = picture.naturalHeight;
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  return btoa(Array.from(pixels, (value) => String.fromCharCode(value)).join(""));
}"""
# Of colours of text on what is behind them, each as red, green, blue.
COLOURS = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  const value = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map(Number);
  };
  return Object.fromEntries(["--ink", "--quiet", "--accent", "--paper", "--wash"].map((name) => [name, value(name)]));
}"""


@pytest.fixture
def visit(browser, segmented):
    """Give a function that opens the report; whatever it asks for or complains of fails the test."""
    complaints, contexts = [], []

    def heard(request):
        if not request.url.startswith(("file:", "data:", "blob:")):
            complaints.append(request.url)

    def visit(file="report.html", folder=segmented, viewport=LAPTOP, **options):
        contexts.append(browser.new_context(viewport=viewport, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", heard)
        page.goto((folder / file).as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def settled(page, action):
    """Act, and wait until the picture has been painted anew."""
    before = page.evaluate("document.documentElement.dataset.painted")
    action()
    page.wait_for_function("(before) => document.documentElement.dataset.painted !== before", arg=before)


def shown(page):
    return np.frombuffer(base64.b64decode(page.evaluate(PIXELS)), dtype=np.uint8).reshape(300, 400, 4)


def levels_of(page):
    return json.loads(page.locator("#data").text_content())["levels"]


def names(page):
    return page.locator("#classes tbody th").all_inner_texts()


def finest_of(segmented):
    with rasterio.open(segmented / "finest.tif") as file:
        return file.read(1)


def test_the_line_is_moved_by_keys_and_by_dragging(visit):
    page = visit()
    line, view = page.get_by_role("slider", name="Divide between scene"), page.locator("#view")
    middle = view.screenshot()
    line.focus()
    page.keyboard.press("End")
    assert line.get_attribute("aria-valuenow") == "100"
    scene = view.screenshot()
    page.keyboard.press("Home")
    assert line.get_attribute("aria-valuetext") == "Scene 0 %, classes 100 %"
    assert len({middle, scene, view.screenshot()}) == 3
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    assert line.get_attribute("aria-valuenow") == "12"
    box = view.bounding_box()
    page.mouse.move(box["x"] + 0.12 * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.72 * box["width"], box["y"] + 20, steps=4)
    page.mouse.up()
    assert line.get_attribute("aria-valuenow") == "72"


def test_another_level_has_its_own_classes_and_colours(visit, segmented):
    page = visit()
    slider, finest = page.get_by_role("slider", name="Number of classes"), finest_of(segmented)
    assert slider.get_attribute("aria-valuetext") == "5 classes"
    for key, place, count in (("ArrowRight", 2, 8), ("Home", 0, 3)):
        slider.focus()
        settled(page, lambda key=key: page.keyboard.press(key))
        level = levels_of(page)[place]
        assert (
            slider.get_attribute("aria-valuetext") == page.locator("#legend-title").inner_text() == f"{count} classes"
        )
        assert names(page) == [one["name"] for one in level["classes"]]
        assert [name.split(":")[0] for name in names(page)] == [str(number) for number in range(1, count + 1)]
        for kind, choice in (("distinct", "Easy to tell apart"), ("colour", "Colours of the scene")):
            settled(page, lambda choice=choice: page.get_by_label(choice).check())
            colours = np.array([(32, 37, 42), *(one[kind] for one in level["classes"])])
            assert np.array_equal(shown(page)[..., :3], colours[np.array(level["lookup"])[finest]])


def test_a_class_can_be_seen_alone(visit, segmented):
    page = visit()
    button = page.get_by_role("button", name="2: ")
    settled(page, button.click)
    assert button.get_attribute("aria-pressed") == "true"
    with rasterio.open(segmented / "classes.tif") as file:
        second = file.read(1) == 2
    assert np.array_equal(shown(page)[..., 3] > 0, second)
    settled(page, lambda: button.press("Enter"))
    assert button.get_attribute("aria-pressed") == "false"
    assert (shown(page)[..., 3] > 0).all()


def test_zoom_and_place(visit):
    page = visit()
    zoom = "() => Number(document.getElementById('view').style.getPropertyValue('--zoom'))"
    place = "() => document.getElementById('view').style.getPropertyValue('--x')"
    least = page.evaluate(zoom)
    page.locator("#view").focus()
    page.keyboard.press("+")
    assert page.evaluate(zoom) == pytest.approx(1.6 * least)
    page.get_by_role("button", name="Zoom in").click()
    page.locator("#view").hover()
    before = page.evaluate(zoom)
    page.mouse.wheel(0, -200)
    page.wait_for_function(f"(before) => ({zoom})() > before", arg=before)
    page.locator("#view").focus()
    before = page.evaluate(place)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(place) != before
    page.keyboard.press("0")
    assert page.evaluate(zoom) == least
    page.keyboard.press("-")
    assert page.evaluate(zoom) == least


def test_the_class_below_the_pointer_is_named(visit, segmented):
    page = visit()
    with rasterio.open(segmented / "classes.tif") as file:
        classes = file.read(1)
    page.locator("#view").scroll_into_view_if_needed()
    box = page.locator("#view img").last.bounding_box()
    for row, column in ((40, 60), (250, 330)):
        x, y = ((place + 0.5) / length for place, length in ((column, 400), (row, 300)))
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.wait_for_function(
            "(number) => document.getElementById('under').textContent.startsWith(number)",
            arg=f"{classes[row, column]}: ",
        )
        assert names(page).index(page.locator("#classes .pointed th").inner_text()) + 1 == classes[row, column]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("file", ["report.html", "index.html"])
def test_a_phone_scrolls_one_way_and_text_is_legible(visit, index, scheme, file):
    page = visit(file, index if file == "index.html" else index / "village", PHONE, color_scheme=scheme, is_mobile=True)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    colours = page.evaluate(COLOURS)
    paper = colours["--paper"]
    assert (sum(paper) > 600) == (scheme == "light")
    for text in ("--ink", "--quiet", "--accent"):
        for behind in ("--paper", "--wash"):
            assert contrast(colours[text], colours[behind]) >= 4.5, (text, behind)


def contrast(one, other):
    """WCAG 2.2, contrast ratio."""
    linear = [np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in np.array([one, other]) / 255]
    low, high = sorted(float(c @ (0.2126, 0.7152, 0.0722)) + 0.05 for c in linear)
    return high / low


def test_times_are_told_above_too(visit):
    page = visit()
    took = page.locator("#took").inner_text()
    assert took.startswith("The run took ")
    assert page.locator("header .lead").inner_text().endswith(took)


def test_without_scripts_and_on_paper_both_pictures_stand_side_by_side(visit):
    sides = ("y", "width", "height")
    for page in (visit(java_script_enabled=False), visit()):
        page.emulate_media(media="print")
        scene, classes = (picture.bounding_box() for picture in page.locator("#view img").all())
        assert scene["x"] + scene["width"] <= classes["x"]
        assert [scene[key] for key in sides] == pytest.approx([classes[key] for key in sides], abs=0.5)
        assert scene["height"] == pytest.approx(scene["width"] * 3 / 4, abs=1)
        assert not page.get_by_role("slider").first.is_visible()


def test_the_index_leads_to_reports_and_sorts(visit, index):
    page = visit("index.html", index)
    assert page.locator("#scenes .name").all_inner_texts() == ["town", "village"]
    page.get_by_label("Sort by").select_option("took")
    assert page.locator("#scenes .name").all_inner_texts() == ["village", "town"]
    page.get_by_role("link", name="village").click()
    assert page.locator("h1").inner_text() == "village"


def test_two_fingers_zoom_and_one_moves_the_line(visit):
    page = visit(viewport=PHONE, is_mobile=True, has_touch=True)
    page.locator("#view").scroll_into_view_if_needed()
    box = page.locator("#view").bounding_box()
    touch = page.context.new_cdp_session(page)

    def send(kind, *places):
        points = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"], "id": number}
            for number, (x, y) in enumerate(places)
        ]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", (0.5, 0.3))
    for step in range(1, 9):
        send("touchMove", (0.5 + 0.05 * step, 0.3))
    send("touchEnd")
    # The browser takes the first pixels to tell a drag from a tap.
    assert int(page.locator("#divider").get_attribute("aria-valuenow")) > 75
    zoom = "() => Number(document.getElementById('view').style.getPropertyValue('--zoom'))"
    least = page.evaluate(zoom)
    send("touchStart", (0.4, 0.5), (0.6, 0.5))
    for step in range(1, 7):
        send("touchMove", (0.4 - 0.05 * step, 0.5), (0.6 + 0.05 * step, 0.5))
    send("touchEnd")
    assert page.evaluate(zoom) > 2 * least
    assert page.evaluate("visualViewport.scale") == 1
