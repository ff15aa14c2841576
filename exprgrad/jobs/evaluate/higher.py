"""The derivatives of second and higher order that a request asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from exprgrad.autodiff.derivative import check_order, derivatives
from exprgrad.autodiff.higher import hessian, hessian_at, orders, orders_at
from exprgrad.graph.graph import Graph
from exprgrad.jobs.evaluate.request import Request


def higher_derivatives(
    graph: Graph, output: int, inputs: Mapping[str, int], request: Request, columns: Collection[str] | None = None
) -> dict[tuple[str, ...], int]:
    """The nodes of the derivatives of higher order that the request asks for. Each stands under its variables: the
    second derivative with respect to x under ("x", "x").

    `columns` are the names of the columns, None where there are none. New nodes are appended to the graph. Raises
    LimitError for an order beyond MAX_ORDER.
    """
    found: dict[tuple[str, ...], int] = {}
    check_order(request.order)
    if request.order > 1:
        for name, node in inputs.items():
            for order, derivative in enumerate(orders(graph, output, node, request.order, columns)[1:], 2):
                found[(name,) * order] = derivative
    if request.hessian:
        nodes = list(inputs.values())
        rows = hessian(graph, derivatives(graph, output, nodes, columns), nodes, columns)
        found |= {
            (x, y): node for x, row in zip(inputs, rows, strict=True) for y, node in zip(inputs, row, strict=True)
        }
    return found


def higher_numbers(
    graph: Graph, output: int, bindings: Mapping[str, float], request: Request
) -> dict[tuple[str, ...], float]:
    """The same as numbers, at a point."""
    inputs = graph.inputs()
    found: dict[tuple[str, ...], float] = {}
    check_order(request.order)
    if request.order > 1:
        for name, node in inputs.items():
            for order, number in enumerate(orders_at(graph, output, bindings, node, request.order)[1:], 2):
                found[(name,) * order] = number
    if request.hessian:
        rows = hessian_at(graph, output, bindings, list(inputs.values()))
        found |= {
            (x, y): slope for x, row in zip(inputs, rows, strict=True) for y, slope in zip(inputs, row, strict=True)
        }
    return found
