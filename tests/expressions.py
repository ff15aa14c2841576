"""Expressions for tests: random ones, drawn from the function table, and ones that are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import strategies as st

from exprgrad import ExpressionError
from exprgrad.functions.table import FUNCTIONS

VARIABLES = ("x", "y", "z")
_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "pow": "^", "lt": "<", "le": "<=", "gt": ">"}
_INFIX |= {"ge": ">=", "eq": "==", "ne": "!=", "and": "and", "or": "or"}
_INTEGER_ORDER = {name for name, row in FUNCTIONS.items() if "n" in row.operands}

numbers = st.one_of(
    st.sampled_from([0.0, 1.0, 2.0, 0.5, 3.0, 10.0, 1e-3]), st.floats(0, 100, allow_subnormal=False).map(abs)
)
leaves = st.one_of(st.sampled_from(VARIABLES), numbers.map(repr))


def call(function: str, operands: list[str]) -> str:
    if function in _INFIX:
        return f"({operands[0]}) {_INFIX[function]} ({operands[1]})"
    if function in ("neg", "not"):
        return f"{'-' if function == 'neg' else 'not '}({operands[0]})"
    if (row := FUNCTIONS[function]).reduces:  # what else it takes are numbers, never columns
        operands = [operands[0], *["0.25"] * (len(row.operands) - len(row.defaults) - 1)]
    if function in _INTEGER_ORDER:
        operands = ["1", *operands[1:]]
    return f"{function}({', '.join(operands)})"


def texts(functions: list[str] | None = None, max_leaves: int = 12) -> st.SearchStrategy[str]:
    """Programs of one expression over x, y and z."""
    names = st.sampled_from(functions or [name for name in FUNCTIONS if name not in _INTEGER_ORDER])

    def grow(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return names.flatmap(
            lambda name: st.lists(
                children, min_size=len(FUNCTIONS[name].operands), max_size=len(FUNCTIONS[name].operands)
            ).map(lambda operands: call(name, operands))
        )

    return st.recursive(leaves, grow, max_leaves=max_leaves)


bindings = st.fixed_dictionaries(
    {name: st.one_of(st.sampled_from([0.0, -1.0, 1.0, 2.0]), st.floats(-5, 5)) for name in VARIABLES}
)


def assert_refused(parse: Callable[[str], object], text: str, message: str, marked: str) -> None:
    """The text is an error with this first line, and its caret stands under this part."""
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    error = caught.value
    assert str(error).splitlines()[0] == message
    assert error.span is not None
    assert text[slice(*error.span)] == marked
