"""The nodes of derivatives of second and higher order."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from exprgrad.autodiff.derivative import check_order, derivatives, repeated
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
            for order, derivative in enumerate(repeated(graph, output, node, request.order, columns)[1:], 2):
                found[(name,) * order] = derivative
    if request.hessian:
        names, nodes = list(inputs), list(inputs.values())
        for k, first in enumerate(derivatives(graph, output, nodes, columns)):
            for name, second in zip(names[k:], derivatives(graph, first, nodes[k:], columns), strict=True):
                found[names[k], name] = found[name, names[k]] = second
    return found
