"""Every function of the table, compiled, against the interpreter: value and partials, with libmvec and without."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("llvmlite")

from benchmarks import reference
from benchmarks.compiled import value_and_partials
from benchmarks.elementwise import Columns, elementwise
from exprgrad.backends.llvm.emit.definitions import Definitions
from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.emit.instructions import INSTRUCTIONS
from exprgrad.backends.llvm.emit.writers import new_emitter
from exprgrad.backends.llvm.source import translate
from exprgrad.errors import UsageError
from exprgrad.functions.entry import SECOND, Function
from exprgrad.functions.floats import FLOATS, float_rule
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS

Operands = tuple[float, ...]
NAMES = [name for name, function in FUNCTIONS.items() if not function.mixes]
EXACT = [name for name in NAMES if name in INSTRUCTIONS or name in {"mod", "clip", "relu", "hardtanh", "square"}]
"""What must agree to the last bit."""
SMALLEST, LARGEST = sys.float_info.min, sys.float_info.max
SPECIAL = [0.0, math.inf, math.nan, 5e-324, 1e-310, SMALLEST, LARGEST, 1.0, 0.5, 1.5, 2.0, 3.0, 1e300, 1e-300, 709.7]
SPECIAL += [709.8, 745.1, 745.2, 708.3, 1023.9, 1024.0, 1074.6, 1e8, 0.625, 0.41421356237309503, 40.0, 37.6]
SPECIAL += [-x for x in SPECIAL]
EXTRA = 4.0
"""Ulp by which a compiled result may be worse than the bound in the entry."""


@cache
def compiled(name: str, vector_library: bool) -> Callable[[Sequence[Sequence[float]]], Columns]:
    function = FUNCTIONS[name]
    return elementwise(value_and_partials(function), len(function.operands), vector_library=vector_library)


def agree(got: float, want: float, bound: float, term: float) -> bool:
    """Whether two results are within `bound` ulp of the larger of result and term."""
    if got == want or (got != got and want != want):
        return True
    if math.isinf(got) or math.isinf(want):
        return math.copysign(1.0, got) == math.copysign(1.0, want) and min(abs(got), abs(want)) > 0.999999 * LARGEST
    size = max(abs(want), abs(term) if math.isfinite(term) else 0.0, SMALLEST)
    return abs(got - want) <= bound * math.ulp(size)


def term(function: Function, which: int, operands: Operands) -> float:
    """The larger term that errors near a root are counted in."""
    formula = function.terms[which] if which < len(function.terms) else ""
    return float_rule(formula, function.operands)(operands) if formula else 0.0


def check(function: Function, points: Sequence[Operands]) -> None:
    """With libmvec and without: what the interpreter says, which takes longest, is asked once."""
    columns = list(zip(*points, strict=True))
    found = {library: compiled(function.name, library)(columns) for library in (True, False)}
    compute = FLOATS.operation(function.name)
    for row, operands in enumerate(points):
        want = compute(*operands)
        bound, larger = 2 * function.ulp[0] + EXTRA, term(function, 0, operands)
        for library, (values, *_) in found.items():
            got = values[row]
            where = f"{function.name}{operands}, libmvec: {library}"
            if function.name in EXACT:
                assert got.hex() == want.hex(), f"{where}: {got}, not {want}"
            assert agree(got, want, bound, larger), f"{where}: {got!r}, not {want!r}"
            if got == 0 and 0.0 in operands:
                assert math.copysign(1.0, got) == math.copysign(1.0, want), f"{where}: the zero's sign"
        if not reference.has_slope(function, operands):
            continue
        bound = 2 * function.ulp[1] + EXTRA
        for index in range(len(function.operands)):
            want = reference.float_partial(function, index, operands)
            if function.ulp[1] >= SECOND and not 1e-290 < abs(want) < 1e290:
                continue
            larger = term(function, index + 1, operands)
            for library, (_, *slopes) in found.items():
                got, where = slopes[index][row], f"{function.name}{operands}, libmvec: {library}"
                assert agree(got, want, bound, larger), f"{where}: partial {index} is {got!r}, not {want!r}"


def points_of(function: Function) -> list[Operands]:
    orders = [float(n) for n in range(6)] if function.operands[0] == "n" else SPECIAL
    many = SPECIAL if len(function.operands) < 3 else SPECIAL[:6]
    return [*function.points, *product(orders, *[many] * (len(function.operands) - 1))]


@pytest.mark.parametrize("name", NAMES)
def test_special_points(name: str) -> None:
    check(FUNCTIONS[name], points_of(FUNCTIONS[name]))


@pytest.mark.parametrize("name", NAMES)
def test_any_floats(name: str) -> None:
    function = FUNCTIONS[name]
    numbers = st.floats() | st.floats(-50.0, 50.0) | st.floats(-2.0, 2.0) | st.sampled_from(SPECIAL)
    operands = st.tuples(
        *[st.integers(0, 6).map(float) if operand == "n" else numbers for operand in function.operands]
    )

    @settings(derandomize=True, database=None, deadline=None, max_examples=12)
    @given(st.lists(operands, min_size=1, max_size=20))
    def run(points: list[Operands]) -> None:
        check(function, points)

    run()


def run_one(text: str, *columns: Sequence[float]) -> list[float]:
    """A formula over x and y, compiled."""
    names = ("x", "y")[: len(columns)]
    kernel = elementwise(lambda emitter, operands: [bind(text, names, emitter)(operands)], len(columns))
    (result,) = kernel(columns)
    return list(result)


@pytest.mark.parametrize("exponent", [-8, -3, -2, -1, 0, 0.5, 1, 2, 3, 5, 6, 7, 8])
@pytest.mark.parametrize("text", ["x^({})", "pow_slope(x, {})"])
def test_powers_with_a_known_exponent(text: str, exponent: float) -> None:
    bases = [x for x in SPECIAL if not 0 < abs(x) < SMALLEST] + [1.7, -3.3, 1e-37, 1e37, 0.999999]
    rule = float_rule(text.format(exponent), ("x",))
    for x, got in zip(bases, run_one(text.format(exponent), bases), strict=True):
        want = rule((x,))
        assert agree(got, want, 6.0, 0.0), f"{x}^{exponent}: {got!r}, not {want!r}"


def test_a_sum_of_products_is_rounded_twice() -> None:
    """No contraction of x*x - y into one instruction, whatever the processor has."""
    x = 1.0 + 2.0**-30
    assert run_one("x*x - y", [x], [x * x]) == [0.0]


def test_equal_instructions_are_written_once() -> None:
    emitter = new_emitter()
    x = emitter.operation("mul")("%x", "%y")
    assert emitter.operation("mul")("%y", "%x") == x
    emitter.operation("sigmoid")("%x")
    count = len(emitter.code.lines)
    emitter.operation("sigmoid")("%x")
    assert len(emitter.code.lines) == count


def test_numbers_are_folded_as_the_interpreter_computes_them() -> None:
    emitter = new_emitter()
    for number in (0.0, -0.0, math.inf, 5e-324, 0.1):
        literal = emitter.constant(number)
        known = emitter.known(literal)
        assert known is not None
        assert known.hex() == number.hex()
    assert emitter.known(emitter.operation("exp")(emitter.constant(1.0))) == math.e
    assert emitter.known("%x") is None
    assert not emitter.code.lines


def test_sech_square_shares_the_exponential_of_tanh() -> None:
    emitter = new_emitter()
    emitter.operation("tanh")("%x")
    sech = emitter.operation("sech")("%x")
    before = len(emitter.code.lines)
    emitter.operation("pow")(sech, emitter.constant(2.0))
    assert len(emitter.code.lines) - before < 6


@pytest.mark.parametrize("name", ["gelu", "sin", "gamma", "pow", "huber", "add"])
def test_code_that_is_compiled_fast_gives_the_same_bits(name: str) -> None:
    function = FUNCTIONS[name]
    columns = list(zip(*points_of(function), strict=True))
    fast, good = (elementwise(value_and_partials(function), len(columns), level=level)(columns) for level in (0, 2))
    for got, want in zip(fast, good, strict=True):
        assert [x.hex() for x in got] == [x.hex() for x in want]


def test_a_function_that_cannot_be_translated_is_named() -> None:
    odd = FUNCTIONS["gamma"]._replace(name="odd", value=lambda x: x)
    with pytest.raises(UsageError, match="odd cannot be compiled"):
        translate.scalar(odd, Definitions())


def straightforward(x: float) -> float:
    """Much of the language that is translated."""
    total, count = 0.0, 0
    for k in range(10, 0, -3):
        total += k * x if k % 2 == 1 else -x
    while count < 5 and not total < -100.0:
        total, count = total - 1.0, count + 1
    places = [0.0] * 6
    places[count] = total
    high, (low, _) = places[5], (x, 1.0)
    return high if 0.0 < low < 2.0 or low != low else max(low, -low) % 3.0


def test_the_translator_computes_what_python_does() -> None:
    function = FUNCTIONS["gamma"]._replace(name="straightforward", value=straightforward)

    def body(emitter: Emitter, operands: Sequence[str]) -> list[str]:
        symbol = translate.scalar(function, emitter.definitions)
        return [emitter.call(emitter.definitions.each_row(symbol, 1), *operands)]

    numbers = [0.5, 1.0, 1.9, 2.0, -4.0, 700.25, -0.0, math.nan, -30.0]
    (got,) = elementwise(body, 1)([numbers])
    assert [x.hex() for x in got] == [straightforward(x).hex() for x in numbers]
