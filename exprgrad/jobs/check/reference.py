"""References: an expression's value and slopes, proved by balls where that is possible, else from mpmath."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import comb, frexp, isfinite, isinf
from time import process_time

from exprgrad.functions.rules import with_inner
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import copied
from exprgrad.jobs.check.digits import SIGNS, UNKNOWN, Number, magnitude, mp
from exprgrad.jobs.check.precise import Exact, ExhaustedError, formula_of
from exprgrad.jobs.check.proof import Proofs

LADDER = ((80, 320), (200, 800), (500, 2000), (700, 4500), (1200, 6000), (1400, 7000))
"""Bits of the step (relative to the variable) and of the precision, tried in turn until two agree. From 4500 bits
on all floats are told apart; the last steps are shorter than a wave of sin(1e300*x)."""
LADDER_OF_SLOW = (*LADDER[:3], (600, 3000))
"""The same for expressions with functions that take mpmath seconds at thousands of bits."""
BEYOND = ((3500, 14_000), (7000, 28_000), (14_000, 56_000))
"""The rungs above, where everything has cancelled so far, as in tanh(5000) - 1."""
AGREED = 80
"""Bits in which they must agree."""
EFFORT = 8.0
"""Seconds of the processor that all references of an expression take together, and a millisecond more for each node:
those that are not found by then are undecided."""


class Reference:
    """An expression's value and slopes at high precision."""

    def __init__(self, model: Model, bindings: Mapping[str, float]) -> None:
        self.graph = Graph()
        """What the result is computed from, and no more."""
        self.output = copied(model.graph, self.graph, [model.output])[model.output]
        self.bindings = bindings
        slow = any(function.slow for function in with_inner(self.graph.operations, formula_of))
        self.ladder = LADDER_OF_SLOW if slow else LADDER
        self.rungs = self.ladder if slow else (*LADDER, *BEYOND)
        self.proofs = Proofs(self.graph, self.output, bindings)
        self.end = process_time() + EFFORT + len(self.graph) / 1000

    def value(self) -> Number:
        if (proved := self.proofs.settled("")) is not None:
            return proved

        def value(arithmetic: Exact, _: int) -> Number:
            found = self.at(arithmetic)[self.output]
            SIGNS.blurred |= found is not UNKNOWN and found == 0
            return found

        return self.settled(value)

    def slope(self, name: str, value: Number, order: int = 1) -> Number:
        """The derivative of an order with respect to a variable: nan where it or the value is not finite, as 1/x has no
        slope at 0. It is the central difference of as many values as the order has."""
        if isinf(self.bindings[name]) or not (value is UNKNOWN or mp.isfinite(value)):
            return mp.nan
        if order == 1 and (proved := self.proofs.settled(name)) is not None:
            return proved
        size = abs(self.bindings[name]) if isfinite(self.bindings[name]) else 1.0

        def difference(arithmetic: Exact, bits: int) -> Number:
            step = mp.ldexp(mp.mpf(min(size, 1.0) or 1.0), -bits)
            nodes = [self.at(arithmetic, name, (order - 2 * k) * step) for k in range(order + 1)]
            values = [found[self.output] for found in nodes]
            if any(found is UNKNOWN for found in values):
                return UNKNOWN
            total = mp.fsum((-1) ** k * comb(order, k) * found for k, found in enumerate(values))
            flat = values[0] == values[1] if order == 1 else total == 0
            if flat and order == 1 and _cut(self.graph, *nodes):
                SIGNS.blurred = False
            elif flat:
                SIGNS.blurred = True
                hidden = magnitude(values[0]) + order * (bits - frexp(size)[1]) - mp.prec
                if hidden > _SMALLEST and bits == self.rungs[-1][0]:
                    return UNKNOWN  # the value is so large that all of a slope may be lost in its last digit
            return total / (2 * step) ** order

        return self.settled(difference, max(frexp(size)[1], 0), order)

    def at(self, arithmetic: Exact, moved: str = "", by: Number = 0) -> list[Number]:
        """The values of all nodes at the current precision, with one variable moved."""
        inputs = {name: mp.mpf(x) + (by if name == moved else 0) for name, x in self.bindings.items()}
        return forward(self.graph, arithmetic, inputs)

    def settled(self, compute: Callable[[Exact, int], Number], extra: int = 0, order: int = 1) -> Number:
        """The first result that two rungs of the ladder agree on; UNKNOWN if none do. `extra` bits stand before those
        of a step below 1, and each further `order` takes those of a step.

        What is too small for the precision may be lost at one rung as at the next, as the 1e-260 in which
        tanh(300) differs from 1. So where something may be lost, only the upper rungs count.
        """
        arithmetic = Exact(self.end - process_time())
        before: Number = None
        last: Number = None
        try:
            for bits, precision in self.rungs:
                top = precision > _RESOLVED or (bits, precision) == self.ladder[-1]
                if precision > self.ladder[-1][1] and last != 0 != before:
                    break
                with mp.workprec(precision + order * extra + (order - 1) * bits):
                    SIGNS.blurred = False
                    result = compute(arithmetic, bits)
                    if result is UNKNOWN:
                        return UNKNOWN
                    settled = last is not None and (top or not SIGNS.blurred) and _agree(last, result)
                    if settled and (result != 0 or not SIGNS.blurred or precision >= self.rungs[-1][1]):
                        return result
                    before, last = last, result
        except ExhaustedError:
            return UNKNOWN
        if mp.isnan(last) or (before and abs(last) > abs(before) * _GROWN):
            return mp.nan
        return mp.mpf(0) if abs(last) < _NO_FLOAT else UNKNOWN


_RESOLVED = 4500
"""Bits of precision that resolve all floats."""
_GROWN = mp.ldexp(1, 40)
"""How many times larger the slope across a shorter step is where there is none: at a jump."""
_SMALLEST = -1100
"""The power of two below all floats."""
_NO_FLOAT = mp.ldexp(1, _SMALLEST - 100)
"""What is below is no float: the noise of a slope that is 0."""


def _cut(graph: Graph, above: list[Number], below: list[Number]) -> bool:
    """Whether nodes that do not change with their operands are all such that need not: then a slope of 0 is exact."""
    for operation, operands, high, low in zip(graph.operations, graph.operands, above, below, strict=True):
        if high != low or (operands and FUNCTIONS[operation].flat) or all(above[k] == below[k] for k in operands):
            continue
        if operation != "mul" or not any(above[k] == 0 == below[k] for k in operands):
            return False
    return True


def _agree(last: Number, result: Number) -> bool:
    if mp.isnan(last) or mp.isnan(result):
        return bool(mp.isnan(last) and mp.isnan(result))
    return bool(result == last or abs(result - last) <= mp.ldexp(abs(result), -AGREED))
