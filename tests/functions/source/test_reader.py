"""The Python subset: what is read, and what is refused with the place named."""

from __future__ import annotations

import math
from types import FunctionType

import pytest

from exprgrad.functions.source.description import (
    NUMBER,
    TABLE,
    TRUTH,
    Arithmetic,
    Assign,
    Call,
    Constant,
    Count,
    Each,
    Element,
    Name,
    Negative,
    Number,
    Parameter,
    Primitive,
    Return,
    Spread,
    TranslationError,
    Tuple,
    Zeros,
)
from exprgrad.functions.source.reader import read
from exprgrad.functions.source.shapes import leaves, nest
from exprgrad.functions.table import FUNCTIONS

_LIMIT = 2.5
_TABLE = ((1.0, 2.0), (3.0, 4.0))


def pair(x: float, above: bool = False) -> tuple[float, bool]:
    """The first line.

    Not this one.
    """
    x += _LIMIT
    return -x, above


def loops(coefficients: tuple[float, ...], n: int) -> float:
    places = [0.0] * 4
    for k in range(n, -1, -2):
        places[k] = math.pi * _TABLE[1][0]
    for j, coefficient in enumerate(coefficients, 1):
        places[j] = float(coefficient)
    return math.hypot(*pair(places[0]))


def test_a_function_is_described_with_its_outside_names_resolved() -> None:
    x, above = Name("x"), Name("above")
    assert read(pair)[1:] == (
        "The first line.",
        (Parameter("x", NUMBER, None), Parameter("above", TRUTH, False)),
        (NUMBER, TRUTH),
        (Assign(x, Arithmetic("add", x, Number(2.5))), Return(Tuple((Negative(x), above)))),
    )


def test_loops_lists_and_calls() -> None:
    zeros, count, each, result = read(loops).body
    places, k, j = Name("places"), Name("k"), Name("j")
    row = Element(Element(Constant(_TABLE, "_TABLE"), Number(1)), Number(0))
    assert read(loops).parameters[0].shape == TABLE
    assert zeros == Zeros("places", 4)
    stored = Assign(Element(places, k), Arithmetic("mul", Number(math.pi), row))
    assert count == Count("k", Name("n"), Number(-1), -2, (stored,))
    targets = Tuple((j, Name("coefficient")))
    assert each == Each(targets, Name("coefficients"), 1, (Assign(Element(places, j), Name("coefficient")),))
    assert result == Return(Primitive("hypot", math.hypot, (Spread(Call(pair, (Element(places, Number(0)),))),)))


def refused_try(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def refused_call(x: float) -> float:
    return math.nextafter(x, 0.0)


def refused_list(x: float) -> float:
    values = [x, 1.0]
    return values[0]


def refused_step(x: float) -> float:
    for _ in range(0, 10, int(x)):
        x += 1.0
    return x


def refused_text(x: float) -> float:
    return x if "a" else 0.0


def refused_type(x: str) -> float:
    return float(x)


def refused_name(x: float) -> float:
    return x + UNKNOWN  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (refused_try, "`try:\n    return math.exp(x)\nexcept OverflowError:\n    return math.inf` in refused_try"),
        (refused_call, "`math.nextafter` in refused_call"),
        (refused_list, "`[x, 1.0]` in refused_list"),
        (refused_step, "`int(x)` in refused_step"),
        (refused_text, "`'a'` in refused_text"),
        (refused_type, "the type <class 'str'>"),
        (refused_name, "`UNKNOWN` in refused_name"),
        (lambda x: x, "<lambda>"),
    ],
    ids=lambda part: getattr(part, "__name__", "message"),
)
def test_what_is_outside_of_the_subset_is_refused(function: FunctionType, said: str) -> None:
    with pytest.raises(TranslationError) as caught:
        read(function)
    assert said in str(caught.value)


def test_a_closure_is_no_plain_function() -> None:
    log = FUNCTIONS["log"].value
    assert isinstance(log, FunctionType)
    with pytest.raises(TranslationError, match="wrapped is not a plain function"):
        read(log)


def test_shapes_nest_what_they_flatten() -> None:
    shape = (NUMBER, (TRUTH, NUMBER))
    assert leaves(shape) == [NUMBER, TRUTH, NUMBER]
    assert nest(shape, [1.0, True, 2.0]) == (1.0, (True, 2.0))
