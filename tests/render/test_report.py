"""Panels on every medium, and the page of a run as a browser has it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from math import inf, isfinite, nan
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprgrad import parse
from exprgrad.jobs.draw.result import Drawing
from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.train.result import Training
from exprgrad.render.pages.page import Origin, page
from exprgrad.render.pages.plot import content, decades, plots, ticks
from exprgrad.render.pictures.panels import Layer, Panel, fit_panels, loss_panel, views
from exprgrad.render.pictures.screen import Screen
from exprgrad.render.pictures.sparkline import Course, sparkline
from exprgrad.render.pictures.stack import draw_pictures
from exprgrad.render.pictures.terminal import plot_pictures
from exprgrad.render.pictures.view import spans_decades
from exprgrad.text.html import as_json
from tests.browser import Browser, Tab, needs_a_browser
from tests.command import COMMAND, exprgrad
from tests.handing import drawn, pictured
from tests.jobs.draw.test_page import NUMBERS
from tests.terminals import watch

X = [0.5 * k for k in range(30)]
Y = [6.2, 5.3, 4.4, 3.6, 3.1, 2.7, 2.1, 2.3, 1.9, 1.7, 1.5, 1.6, 1.2, 1.3, 1.1, 1.2, 1.0, 1.1, 1.1, 0.9, 1.0, 1.1, 1.0,
     0.9, 1.1, 1.0, 1.2, 0.9, 1.0, 1.1]  # fmt: skip
ORIGIN = Origin("exprgrad fit 'y ~ a'", "", {"exprgrad": "1", "platform": "none"})
HOSTILE = "</script><script>alert(1)</script><b>\x1b[31m"

numbers = st.lists(st.one_of(st.floats(), st.floats(-5, 5), st.sampled_from([nan, inf, -inf])), min_size=1, max_size=30)


def decay() -> tuple[Fit, tuple[Panel, ...], Drawing]:
    expression = parse("y ~ a*exp(-b*t) + c", formula=True)
    columns = {"t": X, "y": Y}
    record = expression.fit(columns)
    return record, fit_panels(pictured(expression, record, columns)), drawn(expression)


def run(text: str = "param w = 3; (w - 2)^2", epochs: int = 40) -> Training:
    return parse(text).train(epochs=epochs, lr=0.1)


@given(numbers, numbers, st.booleans(), st.integers(1, 120), st.integers(-5, 40), st.booleans(), st.booleans())
def test_any_panel_fits_any_terminal_and_any_page(
    xs: list[float], ys: list[float], logarithmic: bool, columns: int, lines: int, colours: bool, unicode: bool
) -> None:
    size = min(len(xs), len(ys))
    xs, ys = xs[:size], ys[:size]
    layers = (Layer("band", "band", xs, ys, ys[::-1]), Layer("dots", "data", xs, ys), Layer("line", "fit", xs, ys))
    panels = [Panel("y ~ f(x)", "x", "y", layers, logarithmic, level=True), Panel("", "x", "r", layers[1:2])]
    for seen in views(panels):
        assert all(map(isfinite, seen))
        assert seen.left < seen.right
        assert seen.low < seen.high
    text = plot_pictures(panels, Screen(columns, lines, colours, unicode))
    plain = re.sub(r"\x1b\[\d+m", "", text)
    assert columns < 20 or max(map(len, plain.splitlines())) <= columns
    assert unicode or text.isascii()
    ElementTree.fromstring(f"<div>{plots(panels).replace(' hidden', '')}</div>")
    json.loads(as_json(content(panels)))


def test_no_dot_is_lost_on_a_terminal() -> None:
    corners = Panel("", "x", "y", (Layer("dots", "data", [0, 0, 1, 1, 0.5], [0, 1, 0, 1, 0.5]),))
    for columns in range(20, 60):
        assert plot_pictures([corners], Screen(columns, 12, False, True)).count("•") == 5


def test_a_loss_through_decades_is_drawn_by_its_logarithm() -> None:
    falling = loss_panel(run())
    assert falling.logarithmic
    assert (falling.layers[0].points[0], falling.layers[0].points[-1]) == (0, 40)
    assert falling.layers[0].values[-1] == run().loss
    assert not loss_panel(run(epochs=3)).logarithmic
    assert not loss_panel(run("param w = 3; (w - 2)^2 - 1")).logarithmic
    assert not spans_decades([])
    assert len(loss_panel(run(epochs=5000)).layers[0].points) <= 2001


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_pictures(kind: str, start: bytes) -> None:
    panels = decay()[1]
    assert draw_pictures(panels, kind).startswith(start)
    assert draw_pictures(panels, kind) == draw_pictures(panels, kind)
    assert draw_pictures([loss_panel(run())], kind).startswith(start)


def test_every_row_is_a_dot_in_a_picture() -> None:
    text = draw_pictures(decay()[1], "svg").decode()
    assert text.count("<use") >= 2 * len(X)
    assert {"y ~ a*exp(-b*t) + c", "95% band", "data", "fit", "residual", "t"} <= set(
        re.findall(r">([^<>]+)</text>", text)
    )


def test_a_file_much_larger_than_what_is_shown(tmp_path: Path) -> None:
    rows = 30_000
    path = tmp_path / "d.csv"
    path.write_text("x,y\n" + "".join(f"{k},{2 * k + k % 3}\n" for k in range(rows)))
    done = exprgrad("fit", "y ~ a*x + b", "--data", str(path), "--memory", "0", "--format", "csv", "--plot")
    assert "data (1,875 of 30,000 rows)" in done.stderr
    assert done.stdout.startswith("name,value")


def test_on_a_terminal_the_plot_stands_below_the_table_on_stdout(tmp_path: Path) -> None:
    line = ["fit", "--quiet", "--plot", "y ~ a*x + b", "--x", "1,2,3,4", "--y", "2.1,3.9,6.2,7.9"]
    with (tmp_path / "stderr").open("wb") as errors:
        code, screen = watch([*COMMAND, *line], stderr=errors)
    assert code == 0
    text = screen.decode()
    assert -1 < text.index("converged") < text.index("95% band") < text.index("residual\r\n")
    assert "\x1b[36m" in text, "in colours that are read on white and on black"
    assert (tmp_path / "stderr").read_text() == ""


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.sampled_from([0.0, 1.0]))
def test_ticks_are_few_round_and_within(low: float, width: float, least: float) -> None:
    found = ticks(low, low + width, least)
    assert len(found) <= 7
    rounding = 1e-9 * (abs(low) + width)
    assert all(low - rounding <= tick <= low + width + rounding for tick in found)
    assert least or len(found) >= 2
    assert not least or all(tick == round(tick) for tick in found)


def test_decades() -> None:
    assert decades(-3.2, 1.1) == [-3, -2, -1, 0, 1]
    assert decades(-200.0, 200.0) == [-134, -67, 0, 67, 134]


def test_sparklines() -> None:
    assert sparkline([8, 7, 6, 5, 4, 3, 2, 1]) == "█▇▆▅▄▃▂▁"
    assert sparkline([1e-3, 1e-1, 1e1, 1e3]) == "▁▃▆█", "by logarithms"
    assert sparkline([nan, 2.0, inf, 2.0]) == "▁▁"
    assert sparkline([]) == ""
    assert sparkline([-1.7e308, 1.7e308]) == "▁▁"
    course = Course()
    assert str(course) == ""
    for k in range(100_000):
        course.add(-k)
    assert len(str(course)) == 16
    assert (str(course)[0], str(course)[-1]) == ("█", "▁")


def test_plots_need_only_their_own_package() -> None:
    program = (
        "import sys; from exprgrad import parse; from exprgrad.render.pictures.panels import loss_panel;"
        "from exprgrad.render.pages.page import page, Origin;"
        "from exprgrad.binding import bind; from exprgrad.jobs.draw.drawing import draw;"
        "e = parse('param w = 3; w^2'); r = e.train();"
        "page(r, e.model, [loss_panel(r)], draw(*bind(e.lowered, {})), Origin('', '', {}));"
        "print([name for name in ('numpy', 'matplotlib', 'plotille', 'rich', 'click') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as found:
        yield found


def opened(browser: Browser, folder: Path, text: str, **how: object) -> Tab:
    """The page, which complains of nothing and asks for nothing."""
    path = folder / "report.html"
    path.write_text(text, "utf-8")
    tab = browser.open(path, **how)  # type: ignore[arg-type]
    tab.run("new Promise((done) => setTimeout(done, 50))")
    assert tab.complaints() == []
    assert tab.requests() == [path.resolve().as_uri()]
    return tab


def fit_page() -> str:
    record, panels, drawing = decay()
    return page(record, parse("y ~ a*exp(-b*t) + c", formula=True).model, panels, drawing, ORIGIN)


def middle(tab: Tab, panel: int) -> dict[str, float]:
    box = f"document.querySelectorAll('.plot')[{panel}].scrollIntoView({{block: 'center'}})"
    tab.run(box)
    found = tab.run(f"JSON.stringify(document.querySelectorAll('.plot')[{panel}].getBoundingClientRect())")
    return dict(json.loads(found))


@needs_a_browser
def test_a_fit_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    tab = opened(browser, tmp_path, fit_page())
    dots = "[...document.querySelectorAll('path.dots')].map((path) => path.getAttribute('d').split('M').length - 1)"
    assert tab.run(dots) == [len(X), len(X)]
    assert tab.run("document.querySelectorAll('path.line, path.band, path.level').length") == 3
    assert tab.run("document.querySelector('math msup').getBoundingClientRect().width") > 10, "typeset"
    assert tab.run("[...document.querySelectorAll('#parameters tbody tr')].map((row) => row.cells.length)") == [7, 7, 7]
    frame = "document.querySelector('iframe').contentDocument"
    assert tab.run(f"{frame}.querySelectorAll('[data-node]').length") == len(decay()[2].nodes)
    assert tab.run("document.getElementById('command').textContent") == "exprgrad fit 'y ~ a'"
    box = middle(tab, 0)
    tab.mouse("mouseMoved", box["x"] + 0.03 * box["width"], box["y"] + 3)  # the first point is the nearest
    assert tab.run("document.querySelector('output').textContent") == "data\nt = 0\ny = 6.2"
    tab.mouse("mouseMoved", 2, 2)
    assert tab.run("document.querySelector('output').hidden")
    tab.run("document.querySelectorAll('.plot')[1].focus()")
    tab.press("ArrowRight")
    tab.press("ArrowRight")
    told = tab.run("document.querySelectorAll('output')[1].textContent")
    assert re.fullmatch(r"t = 0\.5\nresidual = -?0\.\d+", told)


@needs_a_browser
def test_an_uncertainty_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "made.html"
    given = ["p = x*y; q = x - y", "--x", "3±0.1", "--y", "2±0.1", "--correlate", "x,y=0.5", "--limits", "p=5.99:6.01"]
    made = exprgrad("uncertainty", *given, "--montecarlo", "1e4", "--report", str(path))
    assert made.returncode == 0, made.stderr
    tab = opened(browser, tmp_path, path.read_text("utf-8"), width=390, mobile=True)
    assert tab.run("document.querySelector('h1').textContent") == "Uncertainty"
    bars = "[...document.querySelectorAll('.bars')].map((each) => each.querySelectorAll('rect').length)"
    assert tab.run(bars) == [2, 2]
    assert tab.run("document.querySelectorAll('path.interval').length") == 4
    assert tab.run("document.querySelectorAll('.plot').length") == 2
    assert tab.run("document.querySelector('#statistics').textContent.includes('nothing')"), "is accepted"
    assert tab.run("document.documentElement.scrollWidth") <= 390
    tab.run("document.querySelectorAll('.plot')[1].focus()")
    tab.press("ArrowRight")
    assert tab.run("document.querySelectorAll('output')[1].textContent").startswith("linear law\nq = ")


@needs_a_browser
@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone(browser: Browser, tmp_path: Path, dark: bool) -> None:
    tab = opened(browser, tmp_path, fit_page(), width=390, mobile=True, dark=dark)
    assert tab.run("document.documentElement.scrollWidth") <= 390, "nothing makes the page wider"
    assert tab.run("document.querySelector('.plot').clientWidth") > 280
    assert tab.run("parseFloat(getComputedStyle(document.querySelector('.axes text')).fontSize)") >= 11
    box = middle(tab, 0)
    tab.mouse("mousePressed", box["x"] + box["width"] - 4, box["y"] + box["height"] - 30, button="left", clickCount=1)
    tip = json.loads(tab.run("JSON.stringify(document.querySelector('output').getBoundingClientRect())"))
    assert tip["width"] > 40
    assert tip["left"] >= 0
    assert tip["right"] <= 390, "what is said of a point stays on the page"
    colours = tab.run("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    assert (colours[0] == "rgb(255, 255, 255)") != dark


@needs_a_browser
@pytest.mark.parametrize(("width", "height"), [(1, 1), (60, 600), (120, 90), (120, 800)])
def test_a_small_window(browser: Browser, tmp_path: Path, width: int, height: int) -> None:
    tab = opened(browser, tmp_path, fit_page(), width=width, height=height)
    for plot in (0, 1):
        tab.run(f"document.querySelectorAll('.plot')[{plot}].focus()")
        tab.press("ArrowRight")
    for key in ("Home", "ArrowRight", "+", "0"):
        tab.run(
            f"document.querySelector('iframe').contentWindow.document.dispatchEvent("
            f"new KeyboardEvent('keydown', {{ key: '{key}' }}))"
        )
    tab.run("document.querySelector('iframe').scrollIntoView()")
    tab.run("new Promise((done) => setTimeout(done, 50))")
    assert tab.complaints() == []
    for document in ("document", "document.querySelector('iframe').contentDocument"):
        assert tab.run(f"((document) => {NUMBERS})({document})") == 0
    if width == 120:
        assert tab.run("document.documentElement.scrollWidth") <= width


@needs_a_browser
def test_a_training_run_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    expression = parse("param w = 3; (w - 2)^2")
    record = run()
    drawing = drawn(expression, record.parameters)
    tab = opened(browser, tmp_path, page(record, expression.model, [loss_panel(record)], drawing, ORIGIN))
    assert tab.run("document.querySelector('path.line').getAttribute('d').split(/[ML]/).length - 1") == 41
    assert "logarithmic scale" in tab.run("document.querySelector('.legend').textContent")
    box = middle(tab, 0)
    tab.mouse("mouseMoved", box["x"] + box["width"] - 1, box["y"] + box["height"] - 1)
    assert tab.run("document.querySelector('output').textContent").split("\n")[0] == "epoch = 40"
    frame = "document.querySelector('iframe').contentDocument"
    tab.run(f"{frame}.getElementById('first').click()")
    assert tab.run(f"{frame}.getElementById('count').textContent").startswith("1 of "), "the steps play within"


@needs_a_browser
def test_hostile_names_are_text(browser: Browser, tmp_path: Path) -> None:
    record, panels, _ = decay()
    record = record._replace(expression=HOSTILE, notes=(HOSTILE,))
    layers = tuple(layer._replace(label=HOSTILE) for layer in panels[0].layers)
    panel = Panel(HOSTILE, HOSTILE, HOSTILE, layers)
    origin = Origin(HOSTILE, HOSTILE, {HOSTILE: HOSTILE})
    tab = opened(browser, tmp_path, page(record, parse("y ~ a*t", formula=True).model, [panel], None, origin))
    assert tab.run("document.querySelectorAll('script').length") == 2
    assert tab.run("[...document.querySelectorAll('b')].map((b) => b.parentElement.className)") == ["legend"]
    assert "\x1b" not in tab.run("document.body.textContent")
