"""Derivatives of second and higher order: as wide numbers at a point, and as nodes of a graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from exprgrad.autodiff.derivative import check_order, columns_unless, derivatives, repeated, with_room
from exprgrad.autodiff.reverse import active
from exprgrad.autodiff.series import series
from exprgrad.functions.numerics.far import Wide, rounded, wide
from exprgrad.functions.table import REDUCTIONS
from exprgrad.functions.wide import WIDE
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols


def orders_at(graph: Graph, output: int, at: Mapping[str, float], variable: int, order: int) -> list[float]:
    """The derivatives with respect to one variable at a point, from the first to the given order. Raises LimitError
    beyond MAX_ORDER."""
    check_order(order)
    values = forward(graph, WIDE, {name: wide(value) for name, value in at.items()})
    (terms,) = series(graph, values, WIDE, {variable: 1.0}, order, [output])
    return _numbers(terms)


def hessian_at(graph: Graph, output: int, at: Mapping[str, float], variables: Sequence[int]) -> list[list[float]]:
    """The second derivatives with respect to each pair of variables at a point: how the gradient changes along each."""
    graph = with_room(graph)
    first = derivatives(graph, output, list(variables))
    values = forward(graph, WIDE, {name: wide(value) for name, value in at.items()})
    rows: list[list[float]] = []
    for k, variable in enumerate(variables):
        found = series(graph, values, WIDE, {variable: 1.0}, 1, first[k:])
        rows.append([*(row[k] for row in rows), *(_numbers(terms)[0] for terms in found)])
    return rows


def orders(graph: Graph, output: int, variable: int, order: int, columns: Collection[str] | None = None) -> list[int]:
    """The nodes of the derivatives with respect to one variable, from the first to the given order, appended to the
    graph. `columns` names the variables that are columns. Raises LimitError beyond MAX_ORDER."""
    check_order(order)
    return _along(graph, [output], variable, order, columns)[0]


def hessian(
    graph: Graph, first: Sequence[int], variables: Sequence[int], columns: Collection[str] | None = None
) -> list[list[int]]:
    """The nodes of the second derivatives with respect to each pair of variables, from those of the first."""
    rows: list[list[int]] = []
    for k, variable in enumerate(variables):
        found = _along(graph, first[k:], variable, 1, columns)
        rows.append([*(row[k] for row in rows), *(slope for (slope,) in found)])
    return rows


def _along(
    graph: Graph, ends: Sequence[int], variable: int, order: int, columns: Collection[str] | None
) -> list[list[int]]:
    """For each end the nodes of its derivatives with respect to a variable, from the first to the given order."""
    total = None
    if columns or REDUCTIONS.intersection(graph.operations):
        from exprgrad.autodiff.columns import totals

        names = columns_unless(graph, variable, columns)
        if graph.name(variable) in names and _folded(graph, max(ends), variable):
            return [repeated(graph, end, variable, order, columns) for end in ends]
        total = totals(graph, names)
    symbols = Symbols(graph)
    zero, one = symbols.constant(0.0), symbols.constant(1.0)
    found = series(graph, range(len(graph)), symbols, {variable: one}, order, ends, total)
    return [[zero if term is None else term for term in terms[1:]] for terms in found]


def _folded(graph: Graph, output: int, variable: int) -> bool:
    """Whether a reduction depends on a variable."""
    reached = active(graph, output, [variable])
    return any(there and graph.operations[node] in REDUCTIONS for node, there in enumerate(reached))


def _numbers(terms: list[Wide | None]) -> list[float]:
    """The derivatives from the first on, rounded."""
    return [0.0 if term is None else rounded(term) for term in terms[1:]]
