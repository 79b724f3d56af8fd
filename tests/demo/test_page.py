"""The page of a run in a real browser: dropping, drawing and filling in, and nothing that it may not do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from netspec import api
from netspec.loopback import HEADERS
from tests.browser import BROWSER, Browser
from tests.demo.conftest import CITIES, FLATS, Visit, train, write_flats
from tests.demo.test_demonstration import drawn

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")

READY = "!document.getElementById('sample').disabled"
PREDICTED = "!document.getElementById('answer').hidden && !document.querySelector('.stale')"
WIDE = """(() => {
  const scrolls = element => element && element !== document.body &&
    (["auto", "hidden"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement))
  return [...document.body.querySelectorAll("*")]
    .filter(element => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element.parentElement))
    .map(element => element.outerHTML.slice(0, 120))
})()"""
"""The elements that reach out of the window."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


def text(browser: Browser, id: str) -> str:
    return browser.run(f"document.getElementById({id!r}).textContent")


def bars(browser: Browser) -> list[str]:
    return browser.run("[...document.querySelectorAll('#bars bdi')].map(one => one.textContent)")


def draw(browser: Browser, *points: tuple[float, float]) -> None:
    """Draw a line on the canvas, whose sides are 1 long."""
    box = (
        "(({x, y, width, height}) => [x, y, width, height])(document.getElementById('canvas').getBoundingClientRect())"
    )
    left, top, width, height = browser.run(box)
    browser.drag(*((left + width * x, top + height * y) for x, y in points))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("run", ["digits", "flats"])
def test_the_page_fits_a_phone_and_a_desktop_and_breaks_no_rule(
    browser: Browser, visit: Visit, request: pytest.FixtureRequest, run: str, width: int, dark: bool
) -> None:
    browser.window(width, dark=dark)
    browser.problems.clear()
    with visit(request.getfixturevalue(run)) as person:
        browser.open(person.page.url)
        browser.wait(READY)
        browser.run("document.getElementById('sample').click()")
        browser.wait(f"{PREDICTED} && document.querySelectorAll('#similar > *').length")
        assert browser.run("document.documentElement.scrollWidth") <= width
        assert browser.run(WIDE) == []
        assert browser.run("[...document.images].filter(one => one.src && !one.naturalWidth).length") == 0
        assert browser.run("getComputedStyle(document.body).backgroundColor") == (
            "rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)"
        )
    assert browser.problems == []


def test_a_file_gets_the_probabilities_of_predict_as_bars(
    browser: Browser, digits: Path, visit: Visit, tmp_path: Path
) -> None:
    file = drawn(tmp_path / "drawn.png")
    (expected,) = api.predict(digits, [file], resize=True)
    browser.window(1280)
    with visit(digits) as person:
        browser.open(person.page.url)
        browser.wait(READY)
        browser.choose("#file", file)
        browser.wait(PREDICTED)
        assert text(browser, "decided") == expected.values["label"]
        assert bars(browser) == list(expected.values["probabilities"])
        shares = browser.run("[...document.querySelectorAll('#bars .number')].map(one => one.textContent)")
        assert shares == [f"{100 * value:.1f}%" for value in expected.values["probabilities"].values()]
        widths = browser.run("[...document.querySelectorAll('#bars .bar')].map(one => parseFloat(one.style.width))")
        assert widths == pytest.approx([100 * value for value in expected.values["probabilities"].values()], abs=0.06)
        assert text(browser, "of") == expected.values["label"] and text(browser, "taken") == "drawn.png"
        assert browser.run("document.querySelectorAll('#similar img').length") == 6


def test_a_drawing_is_light_on_dark_for_dark_images_and_is_predicted_when_the_pen_is_lifted(
    browser: Browser, digits: Path, visit: Visit
) -> None:
    browser.window(390)
    pixel = "[...document.getElementById('canvas').getContext('2d').getImageData({}, 140, 1, 1).data]"
    with visit(digits) as person:
        browser.open(person.page.url)
        browser.wait(READY)
        assert browser.run(pixel.format(140)) == [0, 0, 0, 255]
        draw(browser, (0.5, 0.2), (0.5, 0.5), (0.5, 0.8))
        browser.wait(PREDICTED)
        assert browser.run(pixel.format(140)) == [255, 255, 255, 255]
        assert len(bars(browser)) == 10
        sent = browser.run("given.picture")
        status, answer = person.ask("POST", "/predict", {"picture": sent})
        assert (status, answer["label"]) == (200, text(browser, "decided"))
        browser.run("document.getElementById('invert').click()")
        assert browser.run(pixel.format(140)) == [255, 255, 255, 255]
        assert browser.run(pixel.format(20)) == [255, 255, 255, 255]


def test_a_row_is_filled_in_and_predicted(browser: Browser, flats: Path, visit: Visit) -> None:
    browser.window(1280)
    with visit(flats) as person:
        browser.open(person.page.url)
        browser.wait(READY)
        browser.run("""(() => {
          const [rooms, area, city] = document.querySelectorAll("#fields input, #fields select")
          rooms.value = "3"
          area.value = "55.5"
          city.selectedIndex = 1
          document.getElementById("predict").click()
        })()""")
        browser.wait(PREDICTED)
        city = browser.run("document.querySelector('#fields select').value")
        expected = person.post("/predict", {"row": ["3", "55.5", city]})
        assert text(browser, "decided") == expected["label"]
        assert bars(browser) == [name for name, _ in expected["probabilities"]]
        mine = browser.run("[...document.querySelector('.given-row').cells].map(cell => cell.textContent)")
        assert mine == ["yours", "", "", "3", "55.5", city]


def test_a_number_is_predicted_with_the_name_of_its_column(browser: Browser, visit: Visit, tmp_path: Path) -> None:
    write_flats(tmp_path)
    run = train(tmp_path, FLATS.format(target='number("price")', more=', ignore=["sold"]', outputs=1))
    with visit(run) as person:
        browser.open(person.page.url)
        browser.wait(READY)
        browser.run("document.getElementById('sample').click()")
        browser.wait(PREDICTED)
        assert text(browser, "sure") == "price" and bars(browser) == []
        row = browser.run("given.row")
        number = person.post("/predict", {"row": row})["number"]
        assert float(text(browser, "decided")) == pytest.approx(number, rel=1e-5)


def test_hostile_names_stay_texts(browser: Browser, visit: Visit, tmp_path: Path) -> None:
    name = "<script>document.title = 1</script>"
    table = write_flats(tmp_path)
    table.write_text(table.read_text().replace("rooms", name).replace("yes", "<svg onload=alert(1)>"))
    run = train(tmp_path, FLATS.format(target='class("sold")', more=', ignore=["price"]', outputs=2))
    browser.problems.clear()
    with visit(run) as person:
        browser.open(person.page.url)
        browser.wait(READY)
        browser.run("document.getElementById('sample').click()")
        browser.wait(PREDICTED)
        scripts, images, vectors = browser.run(
            "['script', 'img[onerror]', 'svg'].map(one => document.querySelectorAll(one).length)"
        )
        assert (scripts, images, vectors) == (1, 0, 0)
        assert browser.run("document.querySelector('#fields bdi').textContent") == name
        assert "<svg onload=alert(1)>" in bars(browser)
        assert CITIES[1] in browser.run("[...document.querySelectorAll('option')].map(one => one.textContent)")
    assert browser.problems == []


def test_what_is_refused_is_said_on_the_page_and_goes_away_with_the_next_sample(
    browser: Browser, digits: Path, visit: Visit, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("no image")
    with visit(digits) as person:
        browser.open(person.page.url)
        browser.wait(READY)
        browser.choose("#file", tmp_path / "note.txt")
        browser.wait("!document.getElementById('error').hidden")
        assert "the picture" in text(browser, "error")
        browser.choose("#file", drawn(tmp_path / "drawn.png"))
        browser.wait(PREDICTED)
        assert browser.run("document.getElementById('error').hidden")


def test_an_address_without_the_token_says_what_is_missing(browser: Browser, digits: Path, visit: Visit) -> None:
    with visit(digits) as person:
        browser.open(person.page.url.partition("#")[0])
        browser.wait("!document.getElementById('error').hidden")
        assert "lacks the token" in text(browser, "error")
        assert browser.run("document.getElementById('demo').hidden")


def test_a_page_whose_server_has_ended_says_so(browser: Browser, digits: Path, visit: Visit) -> None:
    with visit(digits) as person:
        browser.open(person.page.url)
        browser.wait(READY)
    browser.run("document.getElementById('sample').click()")
    browser.wait("!document.getElementById('error').hidden")
    assert "The server has ended" in text(browser, "error")


def test_the_page_may_not_reach_another_origin_nor_run_what_is_written_into_it(
    browser: Browser, digits: Path, visit: Visit
) -> None:
    with visit(digits) as person:
        browser.open(person.page.url)
        browser.wait(READY)
        away = "fetch('http://127.0.0.1:9/').then(() => 'reached', error => error.name)"
        assert browser.run(away) == "TypeError"
        assert any("connect-src" in problem for problem in browser.problems)
        code = json.dumps("window.reached = true")
        browser.run(f"document.body.append(Object.assign(document.createElement('script'), {{textContent: {code}}}))")
        assert browser.run("window.reached") is None
    assert "unsafe-inline" not in HEADERS["Content-Security-Policy"]
