"""From a lowered program and bindings to the record of an evaluation, in numbers or in symbols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from exprgrad.autodiff.derivative import derivatives
from exprgrad.backends import interpreter
from exprgrad.graph.graph import CONSTANT
from exprgrad.graph.infix import write, write_program
from exprgrad.graph.lower import Model
from exprgrad.results import Evaluation, Row, Value

_LABEL = 200
"""Characters after which the expression that labels a row is cut."""


def report(model: Model, bindings: Mapping[str, float], *, all_nodes: bool = False, kinks: bool = False) -> Evaluation:
    """Value, derivatives and intermediates: numbers where every variable is bound, else expressions.

    With `kinks`, the notes also name places where the derivative does not exist.
    """
    graph = model.graph
    unbound = tuple(name for name in graph.inputs() if name not in bindings)
    shown = [node for node, operation in enumerate(graph.operations) if operation != CONSTANT]
    if not all_nodes:
        shown = list(dict.fromkeys([*graph.inputs().values(), *model.intermediates.values()]))
    notes: tuple[str, ...] = ()
    values: Sequence[Value] | Mapping[int, Value]
    gradient: Mapping[int, Value]
    if unbound:
        values, gradient = _symbolic(model, bindings, shown)
    else:
        values, gradient, notes = _numeric(model, bindings, shown, kinks)
    return _record(model, values, gradient, unbound, notes, all_nodes)


def adjoint_or_zero(adjoints: Sequence[float | None], node: int) -> float:
    """The adjoint as a number: 0 where the output does not depend on the node."""
    adjoint = adjoints[node] if node < len(adjoints) else None
    return 0.0 if adjoint is None else adjoint


def _numeric(
    model: Model, bindings: Mapping[str, float], shown: list[int], kinks: bool
) -> tuple[list[float], dict[int, float], tuple[str, ...]]:
    graph, output = model.graph, model.output
    values = interpreter.evaluate(graph, bindings)
    adjoints = interpreter.gradient(graph, output, values, shown)
    gradient = {node: adjoint_or_zero(adjoints, node) for node in shown}
    finite = isfinite(values[output]) and all(map(isfinite, gradient.values()))
    if finite and not kinks:
        return values, gradient, ()
    from exprgrad.backends import provenance

    notes: list[str] = []
    if not finite:
        relevant = interpreter.gradient(graph, output, values, graph.inputs().values())
        notes += filter(None, [provenance.explain(model.source, graph, output, values, relevant)])
    if kinks:
        notes += provenance.kinks(model.source, graph, output, values)
    return values, gradient, tuple(notes)


def _symbolic(
    model: Model, bindings: Mapping[str, float], shown: list[int]
) -> tuple[dict[int, Value], dict[int, Value]]:
    from exprgrad.graph.simplify import simplify

    found = derivatives(model.graph, model.output, shown)
    graph, nodes = simplify(model.graph, [model.output, *shown, *found], bindings)
    output, *texts = (write_program(graph, node) for node in nodes)
    values: dict[int, Value] = {model.output: output, **dict(zip(shown, texts, strict=False))}
    return values, dict(zip(shown, texts[len(shown) :], strict=True))


def _record(
    model: Model,
    values: Sequence[Value] | Mapping[int, Value],
    gradient: Mapping[int, Value],
    unbound: tuple[str, ...],
    notes: tuple[str, ...],
    all_nodes: bool,
) -> Evaluation:
    graph, output, inputs = model.graph, model.output, model.graph.inputs()
    named = {**inputs, **{name: node for name, node in model.intermediates.items() if name != model.name}}
    result = Row(
        model.name or write(graph, output, model.labels, limit=_LABEL), values[output], "1" if unbound else 1.0
    )
    rows = [Row(name, values[node], gradient[node]) for name, node in named.items()]
    nodes: list[Row] = []
    if all_nodes:
        names = {node: name for name, node in named.items()}
        labels = {
            node: names.get(node) or write(graph, node, model.labels, limit=_LABEL)
            for node in gradient
            if node != output
        }
        nodes = [*(Row(label, values[node], gradient[node]) for node, label in labels.items()), result]
    return Evaluation(
        expression=write_program(graph, output, model.labels),
        gradient={name: gradient[node] for name, node in inputs.items()},
        rows=(*rows, result),
        nodes=tuple(nodes),
        unbound=unbound,
        notes=notes,
    )
