"""The arithmetic of wide numbers: floats that do not over- or underflow on the way.

Where operands and result of a function are floats with room to spare, its value is that of `floats`, bit for bit. Where
one leaves the range, the value follows from the textbook's formula, or from one of the few functions below, which work
on fractions and exponents. So a sweep in this arithmetic finds a derivative that is a normal float though an adjoint
on the way is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.beyond.table import FUNCTIONS as BEYOND
from exprgrad.functions.numerics.far import Far, Wide, held, minus, nearest, over, plus, times, wide
from exprgrad.functions.rules import Rule, bind
from exprgrad.functions.table import FUNCTIONS


class WideNumbers:
    """Floats, and what is beyond their range. Nothing raises."""

    def __init__(self) -> None:
        self._operations: dict[str, Callable[..., Wide]] = {"add": plus, "sub": minus, "mul": times, "div": over}
        self._rules: dict[tuple[str, tuple[str, ...]], Rule[Wide]] = {}

    def constant(self, value: float) -> Wide:
        return wide(value)

    def operation(self, name: str) -> Callable[..., Wide]:
        if name not in self._operations:
            self._operations[name] = self._build(name)
        return self._operations[name]

    def known(self, value: Wide) -> float:
        return float(value)

    def _build(self, name: str) -> Callable[..., Wide]:
        row, plain = FUNCTIONS[name], FLOATS.operation(name)
        if row.exact and name not in BEYOND:
            return plain
        return partial(held, plain, self._far(name))

    def _far(self, name: str) -> Callable[..., Wide]:
        """A function where an operand or its value is out of range."""
        row, plain = FUNCTIONS[name], FLOATS.operation(name)
        if name in BEYOND:
            return BEYOND[name]
        formula = row.far or row.definition or row.formula
        if formula:
            return lambda *operands: self._rule(formula, row.operands)(operands)  # later: zeta's calls itself

        def value(*operands: Wide) -> Wide:
            floats = nearest(operands)
            near = plain(*floats)
            return near if near or Far not in map(type, operands) else self._first_terms(name, operands, floats)

        return value

    def _rule(self, formula: str, names: tuple[str, ...]) -> Rule[Wide]:
        """A formula, bound once."""
        if (formula, names) not in self._rules:
            self._rules[formula, names] = bind(formula, names, self)
        return self._rules[formula, names]

    def _first_terms(self, name: str, operands: Sequence[Wide], floats: Sequence[float]) -> Wide:
        """The value near a zero of a function: the sum of partial*operand over the operands that are next to 0."""
        total: Wide = 0.0
        for operand, near, slope in zip(operands, floats, FUNCTIONS[name].partials, strict=True):
            if operand != near:
                rate = self._rule(slope, (*FUNCTIONS[name].operands, "out"))((*floats, 0.0))
                total = plus(total, times(rate, operand))
        return total


WIDE = WideNumbers()
