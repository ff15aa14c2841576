"""Derivatives of second and higher order at a point, on wide numbers: see `derivative` for the same as expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exprgrad.autodiff.derivative import check_order, derivatives, with_room
from exprgrad.autodiff.series import series
from exprgrad.functions.numerics.far import Wide, rounded, wide
from exprgrad.functions.wide import WIDE
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph


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


def _numbers(terms: list[Wide | None]) -> list[float]:
    """The derivatives from the first on, rounded."""
    return [0.0 if term is None else rounded(term) for term in terms[1:]]
