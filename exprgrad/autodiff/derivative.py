"""Derivatives as expressions, and the `diff` of the language."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from exprgrad.autodiff.reverse import adjoint_at, adjoints
from exprgrad.errors import LimitError
from exprgrad.functions.table import REDUCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone, copied
from exprgrad.graph.symbols import Symbols
from exprgrad.graph.terms import DIFF, LET, STAND_IN
from exprgrad.notation.infix import write
from exprgrad.text.source import SourceText, Span

MAX_ORDER = 100
"""Highest order of a derivative, counted through nested ones."""

_LONG = 10**20
"""An order from here on is not written out in a message."""

_LABEL = 200
"""Characters after which the text of a `diff` is cut."""


class _AllBut:
    """All names but these."""

    def __init__(self, names: set[str | None]) -> None:
        self.names = names

    def __contains__(self, name: object) -> bool:
        return name not in self.names


def _plain_numbers(graph: Graph) -> set[str | None]:
    """The variables that cannot be columns: those in operands of a reduction after its first, which alone is folded."""
    others = [
        operand
        for operation, operands in zip(graph.operations, graph.operands, strict=True)
        if operation in REDUCTIONS
        for operand in operands[1:]
    ]
    return {graph.name(node) for node in cone(graph, others)} - {None}


def columns_unless(graph: Graph, variable: int, columns: Container[str] | None) -> Container[str]:
    """The names of the columns; where they are not known, all that can be columns in a derivative with respect to a
    variable that is a number."""
    return _AllBut({graph.name(variable), *_plain_numbers(graph)}) if columns is None else columns


def derivatives(graph: Graph, output: int, wrt: list[int], columns: Container[str] | None = None) -> list[int]:
    """The nodes of d output / d node for each node in `wrt`; new ones are appended to the graph.

    `columns` names the variables that are columns. Where that is not known, a variable is taken for a number in the
    derivative with respect to it, and may be a column in the derivatives with respect to others.
    """
    if columns or REDUCTIONS.intersection(graph.operations):
        from exprgrad.autodiff.columns import column_derivatives

        if columns is not None:
            return column_derivatives(graph, output, wrt, columns)
        return [column_derivatives(graph, output, [node], columns_unless(graph, node, None))[0] for node in wrt]
    symbols = Symbols(graph)
    found = adjoints(graph, output, range(output + 1), symbols, wrt)
    zero = symbols.constant(0.0)
    return [adjoint_at(found, node, zero) for node in wrt]


def check_order(order: int, source: SourceText | None = None, span: Span | None = None) -> None:
    """Raise LimitError, with the place if there is one, for an order beyond MAX_ORDER."""
    if order > MAX_ORDER:
        said = f"{order}" if order < _LONG else "10^20 or more"
        raise LimitError(f"a derivative of order {said}: the limit is {MAX_ORDER}", source=source, span=span)


def repeated(graph: Graph, output: int, variable: int, order: int, columns: Container[str] | None = None) -> list[int]:
    """The nodes of the derivatives with respect to one variable, from the first to the given order. Raises
    LimitError beyond MAX_ORDER."""
    check_order(order)
    found: list[int] = []
    for _ in range(order):
        (output,) = derivatives(graph, output, [variable], columns)
        found.append(output)
    return found


def along(graph: Graph, direction: Mapping[str, float], nodes: list[int]) -> dict[int, int]:
    """The nodes of d node / d t for each of `nodes`, where the variables change at the rates in
    `direction`: forward mode; new nodes are appended to the graph."""
    from exprgrad.autodiff.forward import tangents

    symbols = Symbols(graph)
    inputs = graph.inputs()
    rates = {inputs[name]: symbols.constant(float(rate)) for name, rate in direction.items()}
    found = tangents(graph, range(len(graph)), symbols, rates)
    zero = symbols.constant(0.0)
    return {node: adjoint_at(found, node, zero) for node in nodes}


def derivative_limit(size: int) -> int:
    """The most nodes that a graph of some size may have after differentiation: high orders can be huge."""
    return 500_000 + 10 * size


def with_room(graph: Graph) -> Graph:
    """A copy of a graph, with the limit that holds for it and its derivatives."""
    new = graph.copy()
    new.limit = derivative_limit(len(graph))
    return new


def expand(model: Model, columns: Container[str] | None = None) -> Model:
    """The model with each `diff(…)` replaced by the derivative it stands for, inner ones first, and the
    bodies of functions put in where they are called. `columns` names the variables that are columns."""
    old = model.graph
    if DIFF not in old.operations and LET not in old.operations:
        return model
    _check_order(model)
    graph = Graph()
    nodes: list[int] = []
    labels: dict[int, str] = {}
    graph.limit = derivative_limit(len(old))
    alone = not columns and REDUCTIONS.isdisjoint(old.operations)
    left = effort = 1_000_000 + 10 * len(old)
    for node, (operation, operands) in enumerate(zip(old.operations, old.operands, strict=True)):
        graph.span = old.source_span(node)
        if operation == DIFF:
            count = len(graph)
            output, variable, order = nodes[operands[0]], nodes[operands[1]], _order(old, node)
            if alone:
                derivative, size = _derivative(graph, output, variable, order)
            else:
                derivative, size = repeated(graph, output, variable, order, columns)[-1], len(graph)
            left -= size
            nodes.append(derivative)
            label = write(old, node, limit=_LABEL)
            if derivative >= count and STAND_IN not in label:  # not one that the program has anyway
                labels[derivative] = label
        elif operation == LET:
            body, *pairs = [nodes[operand] for operand in operands]
            inside = sorted(cone(graph, [body]))
            left -= len(inside)
            nodes.append(_replace(graph, graph, inside, dict(zip(pairs[::2], pairs[1::2], strict=True)))[body])
        else:
            nodes.append(graph.like(old, node, [nodes[operand] for operand in operands]))
        if left < 0:
            message = (
                f"the derivatives of diff and the calls of functions with diff have more than {effort:,} nodes together"
            )
            raise LimitError(message, source=model.source, span=graph.span)
    whole = Graph()  # without the bodies over stand-ins
    kept = _replace(graph, whole, range(len(graph)), {})
    return model._replace(
        graph=whole,
        output=kept[nodes[model.output]],
        intermediates={name: kept[nodes[node]] for name, node in model.intermediates.items()},
        labels={kept[node]: label for node, label in labels.items() if node in kept},
        response=None if model.response is None else kept[nodes[model.response]],
    )


def _derivative(graph: Graph, output: int, variable: int, order: int) -> tuple[int, int]:
    """The node of a derivative, and how many nodes were worked on. It is derived in a copy of the expression alone,
    without the other nodes that the program has before it."""
    part = Graph()
    part.limit = graph.limit
    inside = copied(graph, part, [output, variable])
    part.span = graph.span
    derivative = repeated(part, inside[output], inside[variable], order)[-1]
    return copied(part, graph, [derivative])[derivative], len(part)


def _replace(old: Graph, new: Graph, nodes: Iterable[int], values: Mapping[int, int]) -> dict[int, int]:
    """Copy nodes, in order, to another graph or to the same, where `values` replaces some of them: the new node of
    each. Nodes that depend on a stand-in without a value are left out."""
    found = dict(values)
    for node in nodes:
        leaf = old.leaves.get(node)
        if node in found or (isinstance(leaf, str) and STAND_IN in leaf):
            continue
        operands = [found.get(operand, -1) for operand in old.operands[node]]
        if -1 in operands:
            continue
        if old is not new:
            new.span = old.source_span(node)
        found[node] = new.like(old, node, operands)
    return found


def _order(graph: Graph, node: int) -> int:
    """How often a `diff` differentiates."""
    operands = graph.operands[node]
    return int(graph.number(operands[2]) or 0) if len(operands) == 3 else 1


def _check_order(model: Model) -> None:
    """Raise LimitError, with its place, for the first `diff` that is beyond MAX_ORDER."""
    graph = model.graph
    depth: list[int] = []
    for node, operands in enumerate(graph.operands):
        depth.append(max((depth[operand] for operand in operands), default=0))
        if graph.operations[node] == DIFF:
            depth[node] += _order(graph, node)
            check_order(depth[node], model.source, graph.source_span(node))
