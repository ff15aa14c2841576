"""The derivatives of second and higher order that a request asks for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from exprgrad.autodiff.derivative import (
    check_order,
    derivatives,
    orders_to_read,
    pairs_to_compute,
    pairs_to_read,
    repeated,
)
from exprgrad.backends import careful
from exprgrad.graph.graph import Graph
from exprgrad.jobs.evaluate.request import Request

T = TypeVar("T")

Variables = tuple[str, ...]
"""What a derivative is with respect to: the second derivative with respect to x stands under ("x", "x")."""


def higher_derivatives(
    graph: Graph, output: int, inputs: Mapping[str, int], request: Request, columns: Collection[str]
) -> dict[Variables, int]:
    """The nodes of the derivatives, for columns of numbers. New nodes are appended to the graph. Raises LimitError
    for an order beyond MAX_ORDER."""

    def orders(node: int) -> list[int]:
        return repeated(graph, output, node, request.order, columns)

    def pairs(nodes: list[int]) -> list[list[int]]:
        return pairs_to_compute(graph, derivatives(graph, output, nodes, columns), nodes, columns)

    return _wanted(inputs, request, orders, pairs)


def higher_formulas(graph: Graph, output: int, inputs: Mapping[str, int], request: Request) -> dict[Variables, int]:
    """The same for people to read: each is the derivative of the one before."""

    def orders(node: int) -> list[int]:
        return orders_to_read(graph, output, node, request.order)

    def pairs(nodes: list[int]) -> list[list[int]]:
        return pairs_to_read(graph, derivatives(graph, output, nodes), nodes)

    return _wanted(inputs, request, orders, pairs)


def higher_numbers(
    graph: Graph, output: int, bindings: Mapping[str, float], inputs: Mapping[str, int], request: Request
) -> dict[Variables, float]:
    """The same as numbers, at a point."""

    def orders(node: int) -> list[float]:
        return careful.orders(graph, output, bindings, node, request.order)

    def pairs(nodes: list[int]) -> list[list[float]]:
        return careful.hessian(graph, output, bindings, nodes)

    return _wanted(inputs, request, orders, pairs)


def _wanted(
    inputs: Mapping[str, int],
    request: Request,
    orders: Callable[[int], Sequence[T]],
    pairs: Callable[[list[int]], Sequence[Sequence[T]]],
) -> dict[Variables, T]:
    """What a request asks for: `orders` gives the derivatives with respect to one variable, from the first on, `pairs`
    the rows of the Hessian."""
    check_order(request.order)
    found: dict[Variables, T] = {}
    if request.order > 1:
        for name, node in inputs.items():
            found |= {(name,) * order: derivative for order, derivative in enumerate(orders(node)[1:], 2)}
    if request.hessian:
        for x, row in zip(inputs, pairs(list(inputs.values())), strict=True):
            found |= {(x, y): derivative for y, derivative in zip(inputs, row, strict=True)}
    return found
