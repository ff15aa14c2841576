"""What the derivative is at kinks, ends of domains and on zeros of either sign (docs/numerics.md)."""

from __future__ import annotations

from math import inf

import pytest

from benchmarks import reference
from benchmarks.accuracy import DOCUMENT, conventions
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.table import FUNCTIONS

CELLS: list[tuple[str, tuple[float, ...], tuple[float, ...]]] = [
    ("abs", (0.0,), (0.0,)),
    ("abs", (-0.0,), (0.0,)),
    ("relu", (0.0,), (0.0,)),
    ("leaky_relu", (0.0, 0.01), (0.01, 0.0)),
    ("selu", (0.0,), (1.0507009873554805,)),
    ("hardtanh", (1.0,), (0.0,)),
    ("hardsigmoid", (-3.0,), (0.0,)),
    ("clip", (0.0, 0.0, 1.0), (0.0, 0.0, 0.0)),
    ("clip", (1.0, 0.0, 1.0), (0.0, 0.0, 0.0)),
    ("max", (1.0, 1.0), (0.5, 0.5)),
    ("min", (1.0, 1.0), (0.5, 0.5)),
    ("floor", (2.0,), (0.0,)),
    ("step", (0.0,), (0.0,)),
    ("sign", (0.0,), (0.0,)),
    ("sqrt", (0.0,), (inf,)),
    ("sqrt", (-0.0,), (inf,)),
    ("cbrt", (-0.0,), (inf,)),
    ("log", (0.0,), (inf,)),
    ("log", (-0.0,), (inf,)),
    ("log2", (-0.0,), (inf,)),
    ("log10", (-0.0,), (inf,)),
    ("log1p", (-1.0,), (inf,)),
    ("asin", (1.0,), (inf,)),
    ("acos", (-1.0,), (-inf,)),
    ("acosh", (1.0,), (inf,)),
    ("atanh", (1.0,), (inf,)),
    ("logit", (-0.0,), (inf,)),
    ("hypot", (0.0, 0.0), (0.0, 0.0)),
    ("pow", (0.0, 2.0), (0.0, 0.0)),
    ("pow", (0.0, 1.0), (1.0, 0.0)),
    ("pow", (0.0, 0.5), (inf, 0.0)),
    ("pow", (0.0, 1.5), (0.0, 0.0)),
    ("xlogy", (0.0, 2.0), (0.6931471805599453, 0.0)),
    ("sinc", (0.0,), (0.0,)),
]


@pytest.mark.parametrize(("name", "operands", "slopes"), CELLS)
def test_cell(name: str, operands: tuple[float, ...], slopes: tuple[float, ...]) -> None:
    function = FUNCTIONS[name]
    assert tuple(reference.float_partial(function, i, operands) for i in range(len(operands))) == slopes


def test_power_at_zero_exponent() -> None:
    assert reference.float_partial(FUNCTIONS["pow"], 0, (0.0, 0.0)) == 0.0
    assert FLOATS.operation("pow")(0.0, 0.0) == 1.0


def test_infinite_operands() -> None:
    assert FLOATS.operation("sinc")(inf) == 0.0
    for name in ("gelu", "silu", "mish", "gelu_erf"):
        assert FLOATS.operation(name)(inf) == inf
        assert FLOATS.operation(name)(-inf) == 0.0
        assert reference.float_partial(FUNCTIONS[name], 0, (inf,)) == 1.0
        assert reference.float_partial(FUNCTIONS[name], 0, (-inf,)) == 0.0


@pytest.mark.parametrize(
    "name", [f.name for f in FUNCTIONS.values() if f.name not in ("where", "copysign", "count", "row_number")]
)
def test_nan_passes_through(name: str) -> None:
    function = FUNCTIONS[name]
    if function.symbol in ("<", "<=", ">", ">=", "==", "!=", "and", "or", "not") or name == "pow":
        return
    nan = float("nan")
    value = FLOATS.operation(name)(*[nan] * len(function.operands))
    assert value != value


def test_every_kink_has_a_convention() -> None:
    assert all(bool(f.kink) == bool(f.convention) for f in FUNCTIONS.values())


def test_the_documentation_is_current() -> None:
    assert conventions() in DOCUMENT.read_text(), "run python -m benchmarks.accuracy --write"
