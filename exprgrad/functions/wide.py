"""The arithmetic of wide numbers: floats that do not over- or underflow on the way.

Where operands and result of a function are floats with room to spare, its value is that of `floats`, bit for bit. Where
one leaves the range, the value follows from the textbook's formula, or from one of the few functions below, which work
on fractions and exponents. So a sweep in this arithmetic finds a derivative that is a normal float though an adjoint
on the way is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.beyond.table import FUNCTIONS as BEYOND
from exprgrad.functions.numerics.far import LARGE, NORMAL, SMALL, Far, Wide, minus, over, plus, times, wide
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
        outside = self._outside(name)

        def operation(*operands: Wide) -> Wide:
            if Far not in map(type, operands):
                out: float = plain(*operands)
                if SMALL < abs(out) < LARGE:
                    return out
            return outside(operands)

        return operation

    def _outside(self, name: str) -> Callable[[tuple[Wide, ...]], Wide]:
        """A function where an operand or its value is out of range."""
        row, plain, own = FUNCTIONS[name], FLOATS.operation(name), BEYOND.get(name)
        formula = row.far or row.definition or row.formula

        def value(operands: tuple[Wide, ...]) -> Wide:
            same = [float(x) for x in operands]
            if all(NORMAL <= abs(x) < inf for x, y in zip(same, operands, strict=True) if isinstance(y, Far)):
                near = plain(*same)
                if NORMAL <= abs(near) < inf:
                    return wide(near)
            floats = [0.0 if isinstance(x, Far) and x.exponent < 0 else float(x) for x in operands]
            near = plain(*floats)
            if any(x != x for x in floats):  # what a formula makes of nan is no better, and zeta's calls itself
                return near
            inside = Far not in map(type, operands)
            if own is not None:
                found = own(*operands)
            elif formula:
                found = self._rule(formula, row.operands)(operands)
            else:
                found = near if inside or near else self._first_terms(name, operands, floats)
            kept = inside and not isinstance(found, Far) and (found != found or isfinite(near))
            return wide(near) if kept else found

        return value

    def _rule(self, formula: str, names: tuple[str, ...]) -> Rule[Wide]:
        """A formula, bound once."""
        if (formula, names) not in self._rules:
            self._rules[formula, names] = bind(formula, names, self)
        return self._rules[formula, names]

    def _first_terms(self, name: str, operands: Sequence[Wide], floats: Sequence[float]) -> Wide:
        """The value near a zero of a function: the sum of partial*operand over the operands that are next to 0."""
        total: Wide = 0.0
        for operand, near, partial in zip(operands, floats, FUNCTIONS[name].partials, strict=True):
            if operand != near:
                slope = self._rule(partial, (*FUNCTIONS[name].operands, "out"))((*floats, 0.0))
                total = plus(total, times(slope, operand))
        return total


WIDE = WideNumbers()
