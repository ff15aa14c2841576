"""The sensitivities: exact derivatives of a result with respect to its inputs, and the refusal where there are none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite

from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.errors import NumbersError
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone

ADVICE = "the linear law needs a derivative there: propagate the distributions with --montecarlo"


def slopes(
    model: Model,
    output: int,
    values: list[float],
    wrt: Mapping[str, int],
    uncertain: Collection[str],
    advice: str = ADVICE,
) -> dict[str, float]:
    """d result / d input for the inputs in `wrt`, of which some are uncertain. `values` are those of all nodes, and
    `advice` is what errors tell the user to do instead.

    Raises NumbersError where the value or a derivative is not finite, and where the result is at a kink: the
    derivatives there are conventions, from which no uncertainty follows.
    """
    adjoints = interpreter.gradient(model.graph, output, values, wrt.values())
    found = {name: adjoint_at(adjoints, node, 0.0) for name, node in wrt.items()}
    moving = [wrt[name] for name in uncertain]
    if not (isfinite(values[output]) and all(isfinite(found[name]) for name in uncertain)):
        from exprgrad.diagnosis.provenance import explain

        note = explain(model.source, model.graph, output, values, moving)
        raise NumbersError(note or "the result is not finite", hint=advice if isfinite(values[output]) else "")
    check_kinks(model, output, values, moving, advice)
    return found


def check_kinks(
    model: Model, output: int, values: Sequence[float], moving: Collection[int], advice: str = ADVICE
) -> None:
    """Raises NumbersError if the result is at a kink of something that changes with these nodes."""
    graph = model.graph
    if not any(FUNCTIONS[name].kink for name in set(graph.operations) if name in FUNCTIONS):
        return
    from exprgrad.diagnosis.provenance import describe_kinks, kinks

    for node in kinks(graph, output, values):
        if cone(graph, [node]) & set(moving):
            (note,) = describe_kinks(model.source, graph, [node], values)
            raise NumbersError(note, hint=advice)
