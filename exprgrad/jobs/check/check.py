"""The gradient of an expression against differences of its value at high precision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import copysign, inf, isfinite, isinf, isnan, nan, ulp

from exprgrad.autodiff.reverse import active, adjoint_at, adjoints
from exprgrad.autodiff.series import series
from exprgrad.backends import careful, interpreter
from exprgrad.backends.noise import Noisy, runs
from exprgrad.diagnosis import provenance
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.far import Wide
from exprgrad.functions.numerics.far import rounded as rounded_float
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.jobs.check.digits import UNKNOWN, Number, mp, rounded
from exprgrad.jobs.check.reference import LADDER, Reference
from exprgrad.jobs.check.result import Check, Checked
from exprgrad.notation.infix import write_program
from exprgrad.notation.result import slope_name

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
