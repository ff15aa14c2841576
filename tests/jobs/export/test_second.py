"""Exported code finds a derivative though a number on the way to it leaves the range of floats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import copysign, inf, isclose, isfinite, isnan, nan

import pytest

from benchmarks import emitted
from benchmarks.emitted import Numbers, Program
from exprgrad import parse
from exprgrad.jobs.export.export import export
from tests.tools import needs

TABLE = [
    ("1/(1 + exp(-x))", -400.0, 1.9151695967140057e-174, 1.9151695967140057e-174),
    ("1/(1 + exp(x)) + 2*x", 720.0, 2.0, 0.0),
    ("exp(-x)*gamma(x)/gamma(x + 1)", 150.0, -4.8152866308792275e-68, 4.847601137187998e-68),
    ("log(gamma(x))", 120.0, 4.783319363911203, 0.008368152004833314),
    ("x/exp(x)", 300.0, -1.5393118e-128, 1.5341637e-128),
    ("log(1 + x^4)", 1e60, 4e-60, -4e-120),
    ("log(normal_pdf(x))", 30.0, -30.0, -1.0),
    ("log(normal_pdf(x))", 38.5, -38.5, -1.0),
    ("log(normal_pdf(x))", 60.0, -60.0, -1.0),
    ("tanh(x)/x", 1e-309, 0.0, nan),
    ("log(sigmoid(x))", -800.0, 1.0, 0.0),
    ("sqrt(exp(x))", 1000.0, 7.017959176e216, 3.508979588e216),
    ("exp(-x^2)", 40.0, 0.0, 0.0),
    ("exp(-x^2)", 0.0, 0.0, -2.0),
    ("x*exp(-x)", 0.0, 1.0, -2.0),
    ("1/x", 0.0, -inf, inf),
]
"""Formulas at a point, with the first and the second derivative; nan where it is not compared."""
SEEDS = [3, 6, 5000001]

Way = Callable[[Sequence[Program]], Iterator[Numbers]]
WAYS = [pytest.param(emitted.in_c, marks=needs("gcc"), id="c"), pytest.param(emitted.in_python, id="python")]
MARKING = [
    pytest.param(emitted.in_javascript, marks=needs("node"), id="javascript"),
    pytest.param(emitted.in_numpy, id="numpy"),
]


@pytest.mark.parametrize("way", WAYS)
def test_derivatives_are_looked_at_twice(way: Way) -> None:
    programs = [Program(text, parse(text).model, {"x": at}) for text, at, *_ in TABLE]
    for (text, at, *right), found in zip(TABLE, way(programs), strict=True):
        for number, known in zip(found["x"][1:], right, strict=True):
            near = known != known or isclose(number, known, rel_tol=1e-7, abs_tol=1e-299 if known == 0 else 0.0)
            assert near or abs(number - known) < 1e-15 * abs(found["x"][0]), (text, at, found["x"], right)


@pytest.mark.parametrize("way", MARKING)
def test_other_languages_have_it_or_nan(way: Way) -> None:
    if way is emitted.in_numpy:
        pytest.importorskip("numpy")
    programs = [Program(text, parse(text).model, {"x": at}) for text, at, *_ in TABLE]
    found = [numbers["x"] for numbers in way(programs)]
    for (text, at, *right), (value, *numbers) in zip(TABLE, found, strict=True):
        for number, known in zip(numbers, right, strict=True):
            near = isclose(number, known, rel_tol=1e-7, abs_tol=1e-299 if known == 0 else 0.0)
            assert near or not isfinite(number) or known != known or abs(number - known) < 1e-15 * abs(value), (
                text,
                at,
            )
    slopes = {(text, at): numbers[1] for (text, at, *_), numbers in zip(TABLE, found, strict=True)}
    assert isnan(slopes["1/(1 + exp(-x))", -400.0])
    assert slopes["exp(-x^2)", 40.0] == 0.0  # nothing is lost there


@pytest.mark.parametrize("way", WAYS)
def test_random_programs(way: Way) -> None:
    programs = [emitted.drawn(seed) for seed in SEEDS]
    for program, found in zip(programs, way(programs), strict=True):
        assert not [case for case in emitted.judged(program, found) if case.outcome == "differs"]


@pytest.mark.parametrize("language", ["c", "python"])
def test_there_is_none_where_nothing_can_leave_the_range(language: str) -> None:
    for text in ("a*b + c", "(w*x + b - y) + 3", "x > y ? x : 2*y"):
        assert "again" not in export(parse(text).model, {}, language)
    assert "again" in export(parse("1/x").model, {}, language)


def test_names_of_the_second_look_are_free() -> None:
    text = "1/(1 + exp(-watched)) + 1/(1 + exp(-held)) + f_again*exp(mended)^2*w1*rounded/Far"
    scope: dict[str, Callable[..., tuple[float, dict[str, float]]]] = {}
    exec(export(parse(text).model, {}, "python"), scope)  # type: ignore[arg-type]
    _, gradient = scope["f"](-400.0, -400.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    assert gradient["watched"] == gradient["held"] == 1.9151695967140057e-174
    assert copysign(1.0, gradient["w1"]) == 1.0
