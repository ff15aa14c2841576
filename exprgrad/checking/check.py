"""The gradient of an expression against differences of its value at high precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import frexp, inf, isfinite, isnan, ulp

from exprgrad.autodiff.reverse import active, adjoint_at, adjoints
from exprgrad.backends import interpreter, provenance
from exprgrad.checking.noise import Noisy
from exprgrad.checking.precise import Exact, Number, mp
from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import forward
from exprgrad.graph.infix import write_program
from exprgrad.graph.lower import Model
from exprgrad.results.check import Check, Checked

LADDER = ((80, 320), (200, 800), (500, 2000))
"""Bits of the step (relative to the variable) and of the precision, tried in turn until two agree."""
AGREED = 80
"""Bits in which they must agree."""
SAMPLES = 6
"""Runs with noise."""
TOLERANCE = 16
"""How many times the largest effect of the noise an error may be, or 4 ulp, and still be rounding."""

USELESS = 1e-3
"""The relative error from which a result is no use, whatever explains it."""


def check(model: Model, bindings: Mapping[str, float]) -> Check:
    """Compare value and gradient with the reference. All variables must be bound.

    The reference is the central difference of the expression's value in mpmath, from the functions'
    textbook formulas: it shares neither the rules of derivatives nor the forms that compute values.
    """
    graph, output, inputs = model.graph, model.output, model.graph.inputs()
    computed = _run(model, bindings, FLOATS)
    noisy = [_run(model, bindings, Noisy(seed)) for seed in range(SAMPLES)]
    noise = {name: spread([number, *(run[name] for run in noisy)]) for name, number in computed.items()}
    values = interpreter.evaluate(graph, bindings)
    kinks = provenance.kinks(graph, output, values)
    rows = []
    for name, node in inputs.items():
        reached = active(graph, output, [node])
        row = _compare(f"d/d{name}", computed[name], _slope(model, bindings, name), noise[name])
        rows.append(row._replace(verdict="kink") if any(reached[kink] for kink in kinks) else row)
    rows.append(_compare("value", computed[""], _settled(lambda _: _value(model, bindings)), noise[""]))
    return Check(
        expression=write_program(graph, output, model.labels),
        rows=tuple(rows),
        notes=tuple(provenance.describe_kinks(model.source, graph, kinks, values)),
    )


def _run(model: Model, bindings: Mapping[str, float], arithmetic: Arithmetic[float]) -> dict[str, float]:
    """The derivative by each variable, and under "" the value."""
    inputs = model.graph.inputs()
    values = forward(model.graph, arithmetic, bindings)
    found = adjoints(model.graph, model.output, values, arithmetic, inputs.values())
    return {name: adjoint_at(found, node, 0.0) for name, node in inputs.items()} | {"": values[model.output]}


def _value(model: Model, bindings: Mapping[str, float], moved: str = "", by: Number = 0) -> Number:
    """The expression's value at the current precision, with one variable moved."""
    inputs = {name: mp.mpf(x) + (by if name == moved else 0) for name, x in bindings.items()}
    return forward(model.graph, Exact(), inputs)[model.output]


def _slope(model: Model, bindings: Mapping[str, float], name: str) -> Number:
    size = abs(bindings[name]) if isfinite(bindings[name]) else 1.0

    def difference(bits: int) -> Number:
        step = mp.ldexp(mp.mpf(min(size, 1.0) or 1.0), -bits)
        above, below = (_value(model, bindings, name, sign * step) for sign in (1, -1))
        return (above - below) / (2 * step)

    return _settled(difference, extra=max(frexp(size)[1], 0))


def _settled(compute: Callable[[int], Number], extra: int = 0) -> Number:
    """The first result that two rungs of the ladder agree on; nan if none do. `extra` bits stand before those of
    a step below 1."""
    last = None
    for bits, precision in LADDER:
        with mp.workprec(precision + extra):
            result = compute(bits)
            if last is not None and (result == last or abs(result - last) <= mp.ldexp(abs(result), -AGREED)):
                return result
            last = result
    return mp.mpf(0) if last is not None and abs(last) < mp.ldexp(1, -LADDER[-1][0]) else mp.nan


def spread(samples: list[float]) -> float:
    """How far samples lie apart; infinite if noise made one of them no number."""
    return max(samples) - min(samples) if all(map(isfinite, samples)) else inf


def _compare(name: str, computed: float, reference: Number, noise: float) -> Checked:
    """The error in ulp of the reference, and the verdict."""
    exact = float(reference)
    if isnan(exact) or isnan(computed):
        return Checked(name, computed, exact, inf, "undefined")
    if not isfinite(exact) or not isfinite(computed):
        return Checked(name, computed, exact, 0.0 if computed == exact else inf, _verdict(computed == exact))
    unit = ulp(exact)
    with mp.workprec(LADDER[-1][1]):
        wrong = float(abs(mp.mpf(computed) - reference) / unit)
    allowed = TOLERANCE * max(noise / unit, 4.0)
    if wrong <= allowed and wrong * unit > USELESS * abs(exact):
        return Checked(name, computed, exact, wrong, "ill-conditioned")
    return Checked(name, computed, exact, wrong, _verdict(wrong <= allowed))


def _verdict(agrees: bool) -> str:
    return "agrees" if agrees else "differs"
