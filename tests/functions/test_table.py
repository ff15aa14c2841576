"""The table has what the language promises, and every row is complete."""

from __future__ import annotations

import pytest

from exprgrad import parse
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, find

PROMISED = """
abs sign sqrt cbrt square exp exp2 expm1 log ln log2 log10 log1p pow sin cos tan sec csc cot asin acos atan atan2
arcsin arccos arctan arctan2 sinh cosh tanh sech csch coth asinh acosh atanh arcsinh arccosh arctanh sinc hypot
erf erfc gamma lgamma digamma floor ceil round trunc mod min max clip copysign step where relu leaky_relu elu selu
gelu gelu_erf silu swish mish softplus sigmoid σ logsigmoid softsign hardtanh hardsigmoid huber logcosh logaddexp
xlogy logit normal_pdf normal_cdf
""".split()


@pytest.mark.parametrize("name", PROMISED)
def test_promised_functions_have_a_value_and_a_derivative(name: str) -> None:
    function = find(name)
    assert function is not None
    operands = {f"x{k}": 0.3 + 0.2 * k for k in range(len(function.operands))}
    if name in ("acosh", "arccosh"):
        operands = {"x0": 1.5}
    expression = parse(f"{name}({', '.join(operands)})")
    assert all(abs(slope) < 100 for slope in expression.gradient(**operands).values())
    assert abs(expression.evaluate(**operands)) < 100


@pytest.mark.parametrize("name", FUNCTIONS)
def test_rows_are_complete_and_their_formulas_parse(name: str) -> None:
    row = FUNCTIONS[name]
    names = (*row.operands, "out")
    assert row.doc
    assert not row.doc.endswith(".")
    assert (row.value is None) == bool(row.definition)
    assert len(row.partials) == len(row.operands)
    assert len(row.gates) in (0, len(row.operands))
    assert len(row.domain) in (0, len(row.operands))
    assert bool(row.kink) <= bool(row.convention)
    for formula in (*row.partials, *row.gates, row.kink, row.definition, row.formula, row.written):
        if formula:
            bind(formula, names, FLOATS)
    assert all(len(point) == len(row.operands) for point in row.points)


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if row.period])
def test_periodic_functions_repeat_after_a_period_and_not_before(name: str) -> None:
    function, period = parse(f"{name}(x)"), FUNCTIONS[name].period
    value = function.evaluate(x=0.7)
    assert function.evaluate(x=0.7 + period) == pytest.approx(value)
    assert function.evaluate(x=0.7 + period / 2) != pytest.approx(value)
