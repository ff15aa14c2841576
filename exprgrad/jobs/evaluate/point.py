"""Evaluation at a point: numbers where every variable has a value, simplified expressions otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import isfinite

from exprgrad.autodiff.derivative import derivatives, with_room
from exprgrad.autodiff.reverse import adjoint_at
from exprgrad.backends import interpreter
from exprgrad.graph.graph import CONSTANT
from exprgrad.graph.lower import Model
from exprgrad.graph.patterns import careful, may_match
from exprgrad.jobs.evaluate.build import Found, Labelled, build, label_of, names_of
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation
from exprgrad.notation.infix import write_program


def at_point(model: Model, bindings: Mapping[str, float], request: Request) -> Evaluation:
    """The value, the derivatives and the named values. Raises LimitError for an order beyond MAX_ORDER."""
    inputs = model.graph.inputs()
    unbound = tuple(name for name in inputs if name not in bindings)
    shown = _shown(model, request)
    wrt = {name: node for name, node in inputs.items() if not request.wrt or name in request.wrt}
    compute = _symbolic if unbound else _numeric
    found = compute(model, bindings, shown, wrt, request)
    every = _labelled(model, shown, request.wrt) if request.all_nodes else []
    bound = {name: node for name, node in inputs.items() if name in bindings}
    return build(model, request, found, names_of(model, request.wrt), every, list(wrt), bound, unbound)


def _shown(model: Model, request: Request) -> list[int]:
    """The nodes that get a row: those with a name; where all are asked for, also the others that are no constants."""
    if request.wrt and not request.all_nodes:
        return list(dict.fromkeys(node for _, node in names_of(model, request.wrt)))
    named = dict.fromkeys([*model.graph.inputs().values(), *model.intermediates.values()])
    if not request.all_nodes:
        return list(named)
    operations = enumerate(model.graph.operations)
    return [node for node, operation in operations if operation != CONSTANT or node in named]


def _labelled(model: Model, shown: Iterable[int], wrt: Collection[str]) -> list[Labelled]:
    """Each node under its names, or under its expression. The result has a row of its own, which comes last: here it
    only stands under its other names."""
    names: dict[int, list[str]] = {}
    for name, node in [*model.graph.inputs().items(), *model.intermediates.items()]:
        names.setdefault(node, []).append(name)
    rows: list[Labelled] = []
    for node in shown:
        if node in names:
            rows += [(name, node) for name in names[node] if name != model.name and (not wrt or name in wrt)]
        elif node != model.output:
            rows.append((label_of(model, node), node))
    return rows


def _numeric(
    model: Model, bindings: Mapping[str, float], shown: list[int], wrt: Mapping[str, int], request: Request
) -> Found:
    """Numbers, from the interpreter. The notes say what is not finite, and where kinks are, if they are asked for."""
    graph, output = model.graph, model.output
    values = interpreter.evaluate(graph, bindings)
    adjoints = interpreter.gradient(graph, output, values, shown)
    gradient = {node: adjoint_at(adjoints, node, 0.0) for node in shown} | {output: 1.0}
    tangents: dict[int, float] = {}
    if request.direction:
        along = interpreter.tangents(graph, values, request.direction)
        tangents = {node: adjoint_at(along, node, 0.0) for node in (*shown, output)}
    higher: dict[tuple[str, ...], float] = {}
    if request.order > 1 or request.hessian:
        from exprgrad.jobs.evaluate.higher import higher_numbers

        higher = higher_numbers(graph, output, bindings, wrt, request)
    notes = [*_notes(model, bindings, values, gradient, higher, shown, request)]
    if may_match(graph.operations):
        from exprgrad.diagnosis.stable import stable_hints

        order, printed = max(request.order, 1 + request.hessian), [values[output]]
        for name, node in wrt.items():
            printed += [gradient[node], *(higher[(name,) * k] for k in range(2, order + 1))]
        notes += stable_hints(model, bindings, values, order, printed)
    return Found(values, gradient, tangents, higher, tuple(notes))


def _notes(
    model: Model,
    bindings: Mapping[str, float],
    values: list[float],
    gradient: Mapping[int, float],
    higher: Mapping[tuple[str, ...], float],
    shown: list[int],
    request: Request,
) -> tuple[str, ...]:
    """What is not finite, or has lost its digits, and where kinks are, if they are asked for."""
    graph, output, source = model.graph, model.output, model.source
    finite = isfinite(values[output]) and all(map(isfinite, gradient.values()))
    inside, steady = interpreter.kept_digits(graph, values), interpreter.kept_turns(graph, values)
    lost = [names for names, value in higher.items() if not isfinite(value)]
    if finite and inside and steady and not lost and not request.kinks:
        return ()
    from exprgrad.diagnosis import provenance
    from exprgrad.diagnosis.digits import lost_digits

    notes = [
        None if finite else provenance.explain(source, graph, output, values, shown),
        None if inside else lost_digits(source, graph, output, values, bindings),
    ]
    if isfinite(values[output]) and not steady:
        from exprgrad.diagnosis.turns import lost_turns

        notes.append(lost_turns(source, graph, output, values, bindings, list(graph.inputs().values())))
    if lost and not any(notes):
        names = lost[0]
        kind = provenance.kind(higher[names])
        notes.append(f"the derivative of order {len(names)} with respect to {', '.join(dict.fromkeys(names))} {kind}")
    if request.kinks:
        nodes = provenance.kinks(graph, output, values)
        notes += provenance.describe_kinks(source, graph, nodes, values)
    return tuple(filter(None, notes))


def _symbolic(
    model: Model, bindings: Mapping[str, float], shown: list[int], wrt: Mapping[str, int], request: Request
) -> Found:
    """Expressions, in which the bound variables are replaced by their numbers, and simplified all together."""
    from exprgrad.autodiff.derivative import along
    from exprgrad.simplify.simplify import simplify

    plain, places = careful(model.graph)
    graph, output, at = with_room(plain), places[model.output], [places[node] for node in shown]
    higher: dict[tuple[str, ...], int] = {}
    if request.order > 1 or request.hessian:
        from exprgrad.jobs.evaluate.higher import higher_formulas

        higher = higher_formulas(graph, output, {name: places[node] for name, node in wrt.items()}, request)
    slopes = dict(zip(at, derivatives(graph, output, at), strict=True)) | {output: graph.constant(1.0)}
    tangents = along(graph, request.direction, [*at, output]) if request.direction else {}
    asked = [model.output, *shown, *model.graph.inputs().values()]
    valued = {places[node]: places[node] for node in asked}
    wanted = list(dict.fromkeys([*valued, *higher.values(), *slopes.values(), *tangents.values()]))
    new, nodes = simplify(graph, wanted, bindings)
    simple = dict(zip(wanted, nodes, strict=True))

    def texts(found: Mapping[int, int]) -> dict[int, str]:
        """The texts of what was found for some nodes, by the nodes of the model."""
        return {node: write_program(new, simple[found[places[node]]]) for node in asked if places[node] in found}

    return Found(
        texts(valued),
        texts(slopes),
        texts(tangents),
        {key: write_program(new, simple[node]) for key, node in higher.items()},
    )
