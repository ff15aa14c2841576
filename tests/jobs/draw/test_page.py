"""The page as a browser has it: no complaint, no request, every node drawn, steps that go on and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from exprgrad import parse
from exprgrad.jobs.draw.page.html import page
from exprgrad.jobs.draw.result import Drawing
from tests.browser import Browser, Tab, needs_a_browser
from tests.handing import drawn
from tests.jobs.draw.test_drawings import HOSTILE, hostile


def notebook() -> Drawing:
    return drawn(parse("relu(x1*w1) + gelu(x2*w2)"), {"x1": 8, "x2": 5, "w1": 3, "w2": 1})


class Elements(HTMLParser):
    """The elements of a page, and what stands in its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] == "script" and data.strip():
            self.scripts.append(data)


def test_it_holds_everything_and_asks_for_nothing() -> None:
    drawing = notebook()
    elements = Elements(page(drawing))
    for tag, attributes in elements.found:
        assert not {"src", "srcset", "action"} & attributes.keys(), tag
        assert attributes.get("href", "data:,") == "data:,"
    assert sum("data-node" in attributes for _, attributes in elements.found) == len(drawing.nodes)
    assert sum("data-edge" in attributes for _, attributes in elements.found) == len(drawing.edges)
    content = json.loads(elements.scripts[0])
    assert {key: len(value) for key, value in content.items()} == {
        "nodes": len(drawing.nodes),
        "edges": len(drawing.edges),
        "steps": len(drawing.steps),
    }
    assert "default-src 'none'" in str(elements.found[4][1]["content"])
    assert "url(" not in page(drawing)
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|import)\b\(?", page(drawing))


def test_the_licence_goes_with_it() -> None:
    assert "Panzoom 4.6.2" in page(notebook())
    assert "The above copyright notice and this permission notice shall be" in page(notebook())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as found:
        yield found


def opened(browser: Browser, folder: Path, drawing: Drawing, **how: Any) -> Tab:
    path = folder / "page.html"
    path.write_text(page(drawing), "utf-8")
    tab = browser.open(path, **how)
    assert tab.complaints() == []
    assert tab.requests() == [path.resolve().as_uri()]
    assert tab.run("document.querySelectorAll('[data-node] rect').length") == len(drawing.nodes)
    tab.run("new Promise((done) => setTimeout(done, 50))")  # the pan at the start is set in a timer
    return tab


INSIDE = """[...document.querySelectorAll('[data-node] rect')].every((box) => {
    const a = box.getBoundingClientRect(), b = document.getElementById('stage').getBoundingClientRect();
    return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom; })"""


@needs_a_browser
@pytest.mark.parametrize("mobile", [False, True])
def test_the_whole_is_seen_at_first(browser: Browser, tmp_path: Path, mobile: bool) -> None:
    tab = opened(browser, tmp_path, notebook(), width=390 if mobile else 1280, mobile=mobile)
    assert tab.run(INSIDE)
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
    fits = """[...document.querySelectorAll('[data-node]')].every((box) => [...box.querySelectorAll('text')].every(
        (text) => text.getBBox().width <= box.querySelector('rect').getBBox().width))"""
    assert tab.run(fits), "the texts fit their boxes"


@needs_a_browser
def test_steps_by_buttons_and_keys(browser: Browser, tmp_path: Path) -> None:
    drawing = notebook()
    tab = opened(browser, tmp_path, drawing)

    def text() -> str:
        return str(tab.run("document.getElementById('text').textContent"))

    def click(button: str) -> None:
        tab.run(f"document.getElementById('{button}').click()")

    assert text() == drawing.steps[-1].text, "at first both passes are done"
    click("first")
    assert text() == "x1 = 8"
    assert tab.run("document.querySelectorAll('.waiting').length") == len(drawing.nodes) - 1
    for step in drawing.steps[1:]:
        click("next")
        assert text() == step.text
        marked = "+document.querySelector('.node.active').dataset.node"
        assert tab.run(marked) == step.node
        edges = tab.run("[...document.querySelectorAll('.edge.active')].map((edge) => +edge.dataset.edge)")
        assert edges == ([] if step.edge is None else [step.edge])
    shown = tab.run("document.querySelector('[data-node=\"1\"] .adjoint').textContent")
    assert shown == "dL/dw1 = 8"
    click("back")
    tab.press("ArrowLeft")
    assert text() == drawing.steps[-3].text
    tab.press("End")
    tab.press("Home")
    tab.press("ArrowRight")
    assert text() == drawing.steps[1].text
    click("play")
    tab.run("new Promise((done) => setTimeout(done, 1100))")
    click("play")
    assert text() == drawing.steps[2].text
    assert tab.complaints() == []


@needs_a_browser
def test_hover_zoom_and_pan(browser: Browser, tmp_path: Path) -> None:
    tab = opened(browser, tmp_path, notebook())
    place = "JSON.stringify(document.querySelector('[data-node=\"5\"] rect').getBoundingClientRect())"
    box = json.loads(tab.run(place))
    tab.mouse("mouseMoved", box["x"] + 5, box["y"] + 5)
    card = tab.run("document.getElementById('card').innerText").split("\n")
    assert [line for line in card if line.startswith("value ")] == ["value 1"]
    assert [line for line in card if line.startswith("adjoint ")] == ["adjoint dL/dw2 = 5.000007731809938"]
    tab.mouse("mouseWheel", box["x"] + 5, box["y"] + 5, deltaX=0, deltaY=-200)
    larger = json.loads(tab.run(place))
    assert larger["width"] > 1.3 * box["width"]
    assert larger["x"] + 5 * larger["width"] / box["width"] == pytest.approx(box["x"] + 5, abs=2), "about the pointer"
    before = json.loads(tab.run(place))
    tab.mouse("mousePressed", 900, 500, button="left", clickCount=1)
    tab.mouse("mouseMoved", 850, 520, button="left")
    tab.mouse("mouseReleased", 850, 520, button="left", clickCount=1)
    after = json.loads(tab.run(place))
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((-50, 20), abs=2)
    tab.run("document.getElementById('fit').click()")
    tab.run("new Promise((done) => setTimeout(done, 50))")  # it is drawn with the next frame
    assert json.loads(tab.run(place)) == pytest.approx(box, abs=0.5)


NUMBERS = """[...document.querySelectorAll('*')].flatMap((element) => [...element.attributes]).filter(
    ({ name, value }) => !['d', 'class', 'aria-label'].includes(name) && /NaN|Infinity/.test(value)).length"""
"""How many attributes hold what is no number."""


@needs_a_browser
@pytest.mark.parametrize(("width", "height"), [(1, 1), (40, 800), (120, 90), (120, 300), (120, 800), (800, 60)])
def test_a_small_window(browser: Browser, tmp_path: Path, width: int, height: int) -> None:
    tab = opened(browser, tmp_path, notebook(), width=width, height=height)
    for button in ("first", "next", "larger", "smaller", "last", "fit"):
        tab.run(f"document.getElementById('{button}').click()")
    tab.run("new Promise((done) => setTimeout(done, 50))")
    assert tab.complaints() == []
    assert tab.run(NUMBERS) == 0
    if (width, height) == (120, 800):
        assert tab.run("document.documentElement.scrollWidth") <= width
        assert tab.run("document.getElementById('stage').clientHeight") >= 120


@needs_a_browser
@pytest.mark.parametrize("style", ["display: none", "width: 0", "height: 0"])
def test_a_frame_that_gets_its_size_later(browser: Browser, tmp_path: Path, style: str) -> None:
    path = tmp_path / "outer.html"
    path.write_text(f'<iframe style="border: 0; {style}" srcdoc="{escape(page(notebook()))}"></iframe>', "utf-8")
    tab = browser.open(path)
    tab.run("new Promise((done) => setTimeout(done, 100))")
    frame = "document.querySelector('iframe')"
    tab.run(f"{frame}.contentDocument.getElementById('next').click()")
    tab.run(f"{frame}.setAttribute('style', 'border: 0; width: 800px; height: 600px')")
    tab.run("new Promise((done) => setTimeout(done, 100))")
    assert tab.complaints() == []
    assert tab.run(f"(({{ document }}) => {NUMBERS})({frame}.contentWindow)") == 0
    assert tab.run(f"(({{ document }}) => {INSIDE})({frame}.contentWindow)")


@needs_a_browser
def test_two_thousand_nodes(browser: Browser, tmp_path: Path) -> None:
    chain = "; ".join(["a0 = x", *(f"a{k} = sin(a{k - 1}*w)*{k}" for k in range(1, 499))])
    drawing = drawn(parse(f"{chain}; a498"), {"x": 1, "w": 0.5})
    assert 1_900 < len(drawing.nodes) <= 2_000
    tab = opened(browser, tmp_path, drawing)
    tab.run("document.getElementById('first').click()")
    tab.run("document.getElementById('next').click()")
    assert tab.run("document.getElementById('text').textContent") == drawing.steps[1].text
    seen = "document.querySelector('.node.active').getBoundingClientRect().top"
    assert 0 < tab.run(seen) < 800, "the step is in view"


@needs_a_browser
def test_structure_alone_and_hostile_names(browser: Browser, tmp_path: Path) -> None:
    tab = opened(browser, tmp_path, drawn(parse("a*b + c")))
    assert tab.run("getComputedStyle(document.querySelector('footer')).display") == "none"
    for text in HOSTILE:
        tab = opened(browser, tmp_path, hostile(text))
        assert tab.run("document.querySelectorAll('b, script').length") == 3
