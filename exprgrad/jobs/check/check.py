"""The gradient of an expression against differences of its value at high precision."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from math import comb, copysign, frexp, inf, isfinite, isinf, isnan, nan, ulp
from time import process_time

from exprgrad.autodiff.reverse import active, adjoint_at, adjoints
from exprgrad.autodiff.series import series
from exprgrad.backends import careful, interpreter
from exprgrad.backends.noise import Noisy, runs
from exprgrad.diagnosis import provenance
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.far import Wide
from exprgrad.functions.numerics.far import rounded as rounded_float
from exprgrad.functions.rules import with_inner
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.jobs.check.digits import SIGNS, UNKNOWN, Number, magnitude, mp, rounded
from exprgrad.jobs.check.precise import Exact, ExhaustedError, formula_of
from exprgrad.jobs.check.proof import Proofs
from exprgrad.jobs.check.result import Check, Checked
from exprgrad.notation.infix import write_program
from exprgrad.notation.result import slope_name

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
PAIRS = 5
"""Pairs of runs with noise."""
TOLERANCE = 16
"""How many times the largest effect of the noise an error may be, or 4 ulp, and still be rounding."""

USELESS = 1e-7
"""The relative error from which a result is no use, whatever explains it."""


def check(
    model: Model,
    bindings: Mapping[str, float],
    wrt: Collection[str] = (),
    order: int = 1,
    computed: Mapping[str, float] | None = None,
) -> Check:
    """Compare the value, and the derivatives of an order with respect to `wrt`, by default to all variables, with the
    reference. All variables must be bound. `computed` are numbers that something else computed, to be compared instead:
    by the variables, the value under "". Raises LimitError for an order beyond MAX_ORDER.

    The reference is the central difference of the expression's value in mpmath, from the functions'
    textbook formulas: it shares neither the rules of derivatives nor the algorithms that compute values.
    """
    graph, output = model.graph, model.output
    inputs = {name: node for name, node in graph.inputs().items() if not wrt or name in wrt}
    values = interpreter.evaluate(graph, bindings)
    if order == 1:
        found = interpreter.gradient(graph, output, values, inputs.values())
        own = {name: adjoint_at(found, node, 0.0) for name, node in inputs.items()}
        plain = adjoints(graph, output, values, FLOATS, inputs.values())  # as `found` is without the bounds of floats
        beyond = not interpreter.in_range(values, plain)
    else:
        own = {name: careful.orders(graph, output, bindings, node, order)[-1] for name, node in inputs.items()}
        beyond = True
    own[""] = values[output]
    noise = _noise(model, bindings, inputs, order, beyond=beyond)
    computed = {**own, **(computed or {})}
    kinks = provenance.kinks(graph, output, values)
    reference = Reference(model, bindings)
    value = reference.value()
    rows = []
    for name, node in inputs.items():
        slope = reference.slope(name, value, order)
        row = compare(slope_name("", (name,) * order), computed[name], slope, noise[name])
        rows.append(with_kinks(row, graph, output, node, kinks))
    row = compare("value", computed[""], value, noise[""])
    at_jump = row.verdict == "differs" and any(_has_negative_zero(graph, kink, values) for kink in kinks)
    rows.append(row._replace(verdict="kink") if at_jump else row)
    return Check(
        expression=write_program(graph, output, model.labels),
        rows=tuple(rows),
        notes=tuple(provenance.describe_kinks(model.source, graph, kinks, values)),
        result=model.name,
    )


def with_kinks(row: Checked, graph: Graph, output: int, node: int, kinks: Sequence[int]) -> Checked:
    """The derivative with respect to a node, which is a convention if it depends on a node at a kink."""
    reached = active(graph, output, [node])
    return row._replace(verdict="kink") if any(reached[kink] for kink in kinks) else row


def _has_negative_zero(graph: Graph, node: int, values: Sequence[float]) -> bool:
    """Whether an operand is -0: it may choose the side of a jump, and the reference has only one zero."""
    return any(values[operand] == 0 and copysign(1.0, values[operand]) < 0 for operand in graph.operands[node])


def _noise(
    model: Model,
    bindings: Mapping[str, float],
    inputs: Mapping[str, int],
    order: int,
    *,
    beyond: bool,
) -> dict[str, float]:
    """How far rounding moves the derivatives, and under "" the value. What left the range of floats was computed
    `beyond` it."""
    found = [noisy(model, bindings, inputs, order, noise) for noise in runs(PAIRS, beyond=beyond, bounds=True)]
    return {name: spread([run[name] for run in found]) for name in found[0]}


def noisy(
    model: Model, bindings: Mapping[str, float], inputs: Mapping[str, int], order: int, noise: Noisy
) -> dict[str, float]:
    """The derivative with respect to each variable, and under "" the value, with each result nudged at random."""
    graph, output = model.graph, model.output
    values = forward(graph, noise, {name: noise.constant(x) for name, x in bindings.items()})
    slopes: list[Wide | None]
    if order == 1:
        adjoint = adjoints(graph, output, values, noise, inputs.values())
        slopes = [adjoint[node] for node in inputs.values()]
    else:
        one = noise.constant(1.0)
        slopes = [series(graph, values, noise, {node: one}, order, [output])[0][-1] for node in inputs.values()]
    found = {name: slope or 0.0 for name, slope in zip(inputs, slopes, strict=True)}
    return {name: rounded_float(number) for name, number in {**found, "": values[output]}.items()}


class Reference:
    """An expression's value and slopes at high precision."""

    def __init__(self, model: Model, bindings: Mapping[str, float]) -> None:
        self.model = model
        self.bindings = bindings
        slow = any(function.slow for function in with_inner(model.graph.operations, formula_of))
        self.ladder = LADDER_OF_SLOW if slow else LADDER
        self.rungs = self.ladder if slow else (*LADDER, *BEYOND)
        self.proofs = Proofs(model, bindings)
        self.end = process_time() + EFFORT + len(model.graph) / 1000

    def value(self) -> Number:
        if (proved := self.proofs.settled("")) is not None:
            return proved

        def value(arithmetic: Exact, _: int) -> Number:
            found = self.at(arithmetic)[self.model.output]
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
            values = [found[self.model.output] for found in nodes]
            if any(found is UNKNOWN for found in values):
                return UNKNOWN
            total = mp.fsum((-1) ** k * comb(order, k) * found for k, found in enumerate(values))
            flat = values[0] == values[1] if order == 1 else total == 0
            if flat and order == 1 and _cut(self.model.graph, *nodes):
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
        return forward(self.model.graph, arithmetic, inputs)

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


def spread(samples: list[float]) -> float:
    """How far samples lie apart; infinite if noise made one of them no number."""
    return max(samples) - min(samples) if all(map(isfinite, samples)) else inf


def compare(name: str, computed: float, reference: Number, noise: float) -> Checked:
    """The error in ulp of the reference, and the verdict."""
    if reference is UNKNOWN:
        return Checked(name, computed, nan, inf, "undecided")
    exact = rounded(reference)
    if isnan(exact):
        return Checked(name, computed, exact, inf, "undefined")
    if not isfinite(exact) or not isfinite(computed):
        pole = mp.isinf(reference) and isinf(computed)  # mpmath has one zero: the sign of 1/0 is open
        same = computed == exact or pole
        return Checked(name, computed, exact, 0.0 if same else inf, _verdict(same))
    unit = ulp(exact)
    with mp.workprec(LADDER[-1][1]):
        wrong = float(abs(mp.mpf(computed) - reference) / unit)
    allowed = TOLERANCE * max(noise / unit, 4.0)
    if wrong <= allowed and wrong * unit > USELESS * abs(exact):
        return Checked(name, computed, exact, wrong, "ill-conditioned")
    return Checked(name, computed, exact, wrong, _verdict(wrong <= allowed))


def _verdict(agrees: bool) -> str:
    return "agrees" if agrees else "differs"
