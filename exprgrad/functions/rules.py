"""The table's formulas, from text to something that runs in any arithmetic."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import TypeVar

from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.functions.entry import Function
from exprgrad.functions.table import CONSTANTS, FUNCTIONS
from exprgrad.syntax import Code, parse
from exprgrad.syntax.program import Call, Compare, Result

T = TypeVar("T")
Rule = Callable[[Sequence[T]], T]
"""Takes the operands' values, then for partials the output's, and gives the formula's value."""


@cache
def called(formula: str) -> frozenset[str]:
    """The functions that a formula calls by name. It is not parsed."""
    return frozenset(re.findall(r"\w+(?=\()", formula))


def with_inner(names: Iterable[str], formula_of: Callable[[Function], str]) -> list[Function]:
    """The functions of these names, then those that their formulas call, and so on."""
    found = {name: FUNCTIONS[name] for name in names if name in FUNCTIONS}
    functions = list(found.values())
    for function in functions:
        for name in sorted(called(formula_of(function)) - found.keys()):
            found[name] = FUNCTIONS[name]
            functions.append(FUNCTIONS[name])
    return functions


@cache
def _code(formula: str) -> Code:
    (statement,) = parse(formula).statements
    assert isinstance(statement, Result), formula
    return statement.code


def bind(formula: str, names: Sequence[str], arithmetic: Arithmetic[T]) -> Rule[T]:
    """The formula as one function of the named values: its postfix code, folded into closures.

    The language's constants (pi, e, …) stand for themselves unless an operand has that name. What
    depends on no operand, such as `2/sqrt(pi)`, is computed once, here.
    """
    stack: list[Rule[T]] = []
    constants: set[Rule[T]] = set()
    for term in _code(formula).terms:
        if isinstance(term, Call):
            assert not isinstance(term, Compare), formula
            first = len(stack) - term.arity
            operands = stack[first:]
            rule = _apply(arithmetic.operation(term.function), operands)
            if constants.issuperset(operands):
                rule = _constant(rule(()))
                constants.add(rule)
            stack[first:] = [rule]
        elif isinstance(term, str) and term in names:
            stack.append(itemgetter(names.index(term)))
        else:
            assert not isinstance(term, Compare), formula
            stack.append(_constant(arithmetic.constant(CONSTANTS[term] if isinstance(term, str) else term)))
            constants.add(stack[-1])
    (rule,) = stack
    return rule


def _constant(value: T) -> Rule[T]:
    return lambda values: value


def _apply(operation: Callable[..., T], operands: list[Rule[T]]) -> Rule[T]:
    match operands:
        case [x]:
            return lambda values: operation(x(values))
        case [x, y]:
            return lambda values: operation(x(values), y(values))
        case _:
            return lambda values: operation(*[operand(values) for operand in operands])
