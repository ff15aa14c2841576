"""Table rows: the operators, which are functions like any other."""

from __future__ import annotations

import operator

from exprgrad.functions import ieee
from exprgrad.functions.entry import Function


def _compare(name: str, symbol: str, words: str) -> Function:
    test = getattr(operator, name)
    return Function(
        name=name,
        symbol=symbol,
        operands=("x", "y"),
        doc=f"1 where x is {words} y, else 0",
        value=lambda x, y: 1.0 if test(x, y) else 0.0,
        partials=("0", "0"),
        kink="x == y",
        convention="0 at the jump x = y",
        latex=f"#1 {_LATEX.get(symbol, symbol)} #2",
        points=((1.0, 2.0), (2.0, 1.0), (1.0, 1.0)),
    )


_LATEX = {"<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}

OPERATORS = [
    Function(
        name="add",
        symbol="+",
        operands=("x", "y"),
        doc="sum",
        value=operator.add,
        partials=("1", "1"),
        latex="#1 + #2",
    ),
    Function(
        name="sub",
        symbol="-",
        operands=("x", "y"),
        doc="difference",
        value=operator.sub,
        partials=("1", "-1"),
        latex="#1 - #2",
    ),
    Function(
        name="mul",
        symbol="*",
        operands=("x", "y"),
        doc="product",
        value=operator.mul,
        partials=("y", "x"),
        latex=r"#1 \cdot #2",
    ),
    Function(
        name="div",
        symbol="/",
        operands=("x", "y"),
        doc="quotient; x/0 is an infinity, 0/0 is nan",
        value=ieee.div,
        partials=("1/y", "-out/y"),
        latex=r"\frac{#1}{#2}",
        points=((1.0, 3.0), (1e200, -1e200), (1e-200, 1e200)),
    ),
    Function(
        name="mod",
        symbol="%",
        operands=("x", "y"),
        doc="floored modulo x - y*floor(x/y): the remainder with the sign of y",
        value=ieee.mod,
        formula="x - y*floor(x/y)",
        partials=("1", "round((out - x)/y)"),
        kink="out == 0",
        convention="the slope to the right of the jump, where x is a multiple of y",
        latex=r"#1 \bmod #2",
        points=((7.5, 2.0), (-7.5, 2.0), (7.5, -2.0)),
    ),
    Function(
        name="pow",
        symbol="^",
        operands=("x", "y"),
        doc="x to the power y; 0^0 is 1, a negative x needs an integer y",
        value=ieee.power,
        partials=("pow_slope(x, y)", "pow_log(x, y)"),
        kink="x == 0 and y < 1",
        convention="by x at 0: infinite for 0 < y < 1, and 0 for y = 0; by y at x = 0, y > 0: 0",
        latex="{#1}^{#2}",
        source="C99 F.9.4.4",
        points=((2.0, 3.0), (0.0, 2.0), (-2.0, 3.0), (1e-3, 0.1), (1.5, -700.0)),
    ),
    Function(
        name="neg",
        symbol="-",
        operands=("x",),
        doc="the negative",
        value=operator.neg,
        partials=("-1",),
        latex="-#1",
    ),
    _compare("lt", "<", "less than"),
    _compare("le", "<=", "at most"),
    _compare("gt", ">", "greater than"),
    _compare("ge", ">=", "at least"),
    _compare("eq", "==", "equal to"),
    _compare("ne", "!=", "different from"),
    Function(
        name="and",
        symbol="and",
        operands=("x", "y"),
        doc="1 where neither x nor y is 0, else 0",
        value=lambda x, y: 1.0 if x and y else 0.0,
        partials=("0", "0"),
        latex=r"#1 \wedge #2",
    ),
    Function(
        name="or",
        symbol="or",
        operands=("x", "y"),
        doc="0 where both x and y are 0, else 1",
        value=lambda x, y: 1.0 if x or y else 0.0,
        partials=("0", "0"),
        latex=r"#1 \vee #2",
    ),
    Function(
        name="not",
        symbol="not",
        operands=("x",),
        doc="1 where x is 0, else 0",
        value=lambda x: 0.0 if x else 1.0,
        partials=("0",),
        latex=r"\neg #1",
    ),
    Function(
        name="where",
        symbol="?",
        operands=("condition", "x", "y"),
        doc="x where the condition is not 0, else y; also written condition ? x : y",
        value=lambda condition, x, y: x if condition else y,
        partials=("0", "1", "1"),
        gates=("", "condition", "not condition"),
        latex=r"\begin{cases} #2 & \text{if } #1 \\ #3 & \text{otherwise} \end{cases}",
        points=((1.0, 2.0, 3.0), (0.0, 2.0, 3.0)),
    ),
    Function(
        name="pow_slope",
        operands=("x", "y"),
        doc="y*x^(y - 1), the derivative of x^y by x",
        value=ieee.power_slope,
        formula="y*x^(y - 1)",
        written="y*x^(y - 1)",
        partials=("y*pow_slope(x, y - 1)", "x^(y - 1) + y*pow_log(x, y - 1)"),
        convention="at x = 0: 0 for y > 1, 1 for y = 1, 0 for y = 0",
        points=((0.0, 2.0), (0.0, 1.0), (0.0, 0.0), (1e-300, 0.1), (-2.0, 3.0)),
    ),
    Function(
        name="pow_log",
        operands=("x", "y"),
        doc="x^y*log(x), the derivative of x^y by y",
        value=ieee.power_log,
        formula="x^y*log(x)",
        written="x^y*log(x)",
        partials=("pow_slope(x, y)*log(x) + x^(y - 1)", "out*log(x)"),
        convention="0 at x = 0, y > 0",
        domain=((0.0, float("inf")), (-float("inf"), float("inf"))),
        points=((0.0, 2.0), (2.0, 0.5), (1e-300, 0.1)),
    ),
]
