"""The derivatives of second and higher order that a request asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from exprgrad.autodiff.derivative import (
    check_order,
    derivatives,
    orders_to_read,
    pairs_to_compute,
    pairs_to_read,
    repeated,
)
from exprgrad.autodiff.higher import hessian_at, orders_at
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
    found: dict[Variables, int] = {}
    check_order(request.order)
    if request.order > 1:
        for name, node in inputs.items():
            found |= _by_order(name, repeated(graph, output, node, request.order, columns))
    if request.hessian:
        nodes = list(inputs.values())
        found |= _by_pair(inputs, pairs_to_compute(graph, derivatives(graph, output, nodes, columns), nodes, columns))
    return found


def higher_formulas(graph: Graph, output: int, inputs: Mapping[str, int], request: Request) -> dict[Variables, int]:
    """The same for people to read: each is the derivative of the one before."""
    found: dict[Variables, int] = {}
    check_order(request.order)
    if request.order > 1:
        for name, node in inputs.items():
            found |= _by_order(name, orders_to_read(graph, output, node, request.order))
    if request.hessian:
        nodes = list(inputs.values())
        found |= _by_pair(inputs, pairs_to_read(graph, derivatives(graph, output, nodes), nodes))
    return found


def higher_numbers(
    graph: Graph, output: int, bindings: Mapping[str, float], inputs: Mapping[str, int], request: Request
) -> dict[Variables, float]:
    """The same as numbers, at a point."""
    found: dict[Variables, float] = {}
    check_order(request.order)
    if request.order > 1:
        for name, node in inputs.items():
            found |= _by_order(name, orders_at(graph, output, bindings, node, request.order))
    if request.hessian:
        found |= _by_pair(inputs, hessian_at(graph, output, bindings, list(inputs.values())))
    return found


def _by_order(name: str, found: Sequence[T]) -> dict[Variables, T]:
    """Those from the second order on."""
    return {(name,) * order: derivative for order, derivative in enumerate(found[1:], 2)}


def _by_pair(names: Iterable[str], rows: Sequence[Sequence[T]]) -> dict[Variables, T]:
    return {(x, y): found for x, row in zip(names, rows, strict=True) for y, found in zip(names, row, strict=True)}
