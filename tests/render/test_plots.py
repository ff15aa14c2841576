"""Plots: what is shown of a curve, on terminals of every kind and in pictures."""

from __future__ import annotations

import subprocess
import sys
from math import inf, isfinite, nan
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad import parse
from exprgrad.jobs.plot.curves import curves, field
from exprgrad.jobs.plot.result import Curve, Curves, Dots, together
from exprgrad.render.pictures.figure import draw
from exprgrad.render.pictures.look import APART, Look, panels
from exprgrad.render.pictures.screen import Screen
from exprgrad.render.pictures.terminal import plot
from exprgrad.render.pictures.view import heights, strokes, thinned

values = st.lists(
    st.one_of(st.floats(), st.floats(-5, 5), st.sampled_from([nan, inf, -inf, 0.0])), min_size=2, max_size=40
)


@given(values)
def test_a_view_is_never_empty_and_no_point_is_lost_but_gaps(numbers: list[float]) -> None:
    low, high = heights([numbers])
    assert isfinite(low)
    assert isfinite(high)
    assert low < high
    shown = [point for stroke in strokes(range(len(numbers)), numbers, low, high) for point in stroke]
    assert shown == [(k, number) for k, number in enumerate(numbers) if isfinite(number)]


def test_poles_and_gaps_break_a_curve() -> None:
    points = [k / 8 for k in range(-16, 17)]
    tangent = [1 / x if x else nan for x in points]
    low, high = heights([tangent])
    assert len(list(strokes(points, tangent, low, high))) == 2
    steps = [0.0, 0.0, nan, 1.0, inf, 2.0, 2.0]
    assert [len(stroke) for stroke in strokes(range(7), steps, -1, 3)] == [2, 1, 2]
    steep = [-1.0, -1.0, 1.0, 1.0]  # within the view nothing is broken
    assert len(list(strokes(range(4), steep, -2, 2))) == 1


@given(st.integers(1, 300), st.integers(2, 50))
def test_thinned_points_are_few_and_have_the_ends(size: int, count: int) -> None:
    found = thinned(range(size), count)
    assert len(found) <= count
    assert (found[0], found[-1]) == (0, size - 1)


@given(values, st.integers(1, 120), st.integers(-5, 40), st.booleans(), st.booleans(), st.integers(1, 3))
def test_any_curve_fits_any_terminal(
    numbers: list[float], columns: int, lines: int, colours: bool, unicode: bool, count: int
) -> None:
    points = [float(k) for k in range(len(numbers))]
    record = Curves("y", "x", points, tuple(Curve(f"curve {k}", numbers) for k in range(count)))
    text = plot(record, Screen(columns, lines, colours, unicode))
    assert text.endswith("\n")
    assert "nan" not in text
    assert unicode or text.isascii()
    if not colours:
        assert max(map(len, text.splitlines())) <= max(columns, 30)


looks = st.builds(Look, st.none() | st.text(max_size=9), st.none(), st.just("up"), st.booleans(), st.booleans())


@settings(max_examples=25)
@given(values, values, st.integers(1, 120), st.booleans(), looks)
def test_dots_and_logarithms_fit_any_terminal(
    numbers: list[float], dots: list[float], columns: int, colours: bool, look: Look
) -> None:
    points = [float(k) for k in range(1, len(numbers) + 1)]
    rows = Dots("rows", [float(k) for k in range(len(dots))], dots)
    record = together([Curves("y", "x", points, (Curve("a", numbers), Curve("b", [0.0] * len(points))))], rows)
    text = plot(record, Screen(columns, 24, colours, unicode=True), look)
    assert "nan" not in text
    assert "• rows" in text or columns < 10


@pytest.mark.parametrize(
    ("numbers", "dots"),
    [([0.0, 1.0, 10.0], [0.5, 2.0]), ([0.0, 3e-213], [0.0, 2e249]), ([nan, -1.0], [inf, nan]), ([0.0], [0.0])],
)
@pytest.mark.parametrize("log_x", [False, True])
def test_pictures_of_dots_and_logarithms(numbers: list[float], dots: list[float], log_x: bool) -> None:
    points = [float(k) for k in range(1, len(numbers) + 2)]
    rows = Dots("rows", [float(k) for k in range(len(dots))], dots)
    record = together([Curves("y", "x", points, (Curve("a", [*numbers, 1.0]),))], rows)
    look = Look(None, "across", "up", log_x, True)
    words = "".join(ElementTree.fromstring(draw(record, "svg", look=look)).itertext())
    assert all(word in words for word in ("rows", "up", "across"))


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(0, 1e9)), min_size=1, max_size=6))
def test_each_curve_has_one_panel_where_it_is_seen(spans: list[tuple[float, float]]) -> None:
    curves = [Curve(f"{k}", [low, low + span]) for k, (low, span) in enumerate(spans)]
    found = panels(curves)
    assert sorted(k for group in found for k in group) == list(range(len(curves)))
    for group in found:
        numbers = [float(number) for k in group for number in curves[k].values]
        for k in group if len(group) > 1 else []:
            low, high = (float(number) for number in curves[k].values)
            flat = not high - low > 1e-9 * max(abs(low), abs(high))
            assert flat or max(numbers) - min(numbers) <= APART * (high - low) * 1.0001


TEXTS = [
    "x^3 - x",
    "1/x",
    "sqrt(-1 - x*x)",
    "3",
    "x*1e300*1e8",
    "exp(700*x)",
    "x*1.7e308",
    "x*1e-320",
    "a_$b".replace("$", "_") + "*x",
]


@pytest.mark.parametrize("text", TEXTS)
def test_pictures_of_any_curve(text: str) -> None:
    model = parse(f"{text} + 0*x").model
    at = {name: 1.0 for name in model.graph.inputs() if name != "x"}
    record = curves(model, at, "x", [k / 50 for k in range(-50, 51)], 2)
    picture = draw(record, "svg")
    root = ElementTree.fromstring(picture)
    words = "".join(root.itertext())
    for label in ("dL/dx", "d²L/dx²", f"L = {record.expression}"):
        assert label in words
    assert draw(record, "svg") == picture  # no date, no random names
    assert draw(record, "png").startswith(b"\x89PNG")
    assert plot(record, Screen(80, 24, colours=False, unicode=True)).count("┤") == 6


@pytest.mark.parametrize("text", ["sin(x)*y", "log(x) + y", "1/(x*y)", "0*x*y", "sqrt(-1 - x*x - y*y)", "exp(500*x*y)"])
def test_pictures_of_any_field(text: str) -> None:
    side = [k / 10 for k in range(-10, 11)]
    picture = draw(field(parse(text).model, {}, {"x": side, "y": [10 * y for y in side]}), "svg")
    assert "and its gradient" in "".join(ElementTree.fromstring(picture).itertext())


@pytest.mark.parametrize(("package", "line"), [("plotille", "--x 0:1"), ("matplotlib", "--x 0:1 -o f.svg")])
def test_a_missing_extra_says_what_to_install(package: str, line: str) -> None:
    program = (
        f"import sys; sys.modules['{package}'] = None; from exprgrad.cli import main;"
        f"sys.argv = ['exprgrad', 'plot', 'x^2', *'{line}'.split()]; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith(f'needs {package}; install it: pip install "exprgrad[plot]"\n')
    assert len(done.stderr.splitlines()) == 1
