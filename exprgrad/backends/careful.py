"""The interpreter on wide numbers: for points at which floats over- or underflow on the way to a derivative, and for
derivatives of higher order, which often do.

`autodiff.derivative` has the derivatives of higher order as expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from exprgrad.autodiff.derivative import check_order, derivatives, symmetric, with_room
from exprgrad.autodiff.forward import tangents as forward_mode
from exprgrad.autodiff.reverse import Flow, adjoints
from exprgrad.autodiff.series import series
from exprgrad.functions.numerics.far import Wide, rounded, wide
from exprgrad.functions.wide import WIDE
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph


def evaluate(graph: Graph, bindings: Mapping[str, float]) -> list[Wide]:
    """The values of all nodes."""
    return forward(graph, WIDE, {name: wide(value) for name, value in bindings.items()})


def gradient(
    graph: Graph,
    output: int,
    values: Sequence[float],
    wrt: Iterable[int],
    watch: Callable[[Flow[float]], None] | None = None,
) -> list[float | None]:
    """d output / d node as `interpreter.gradient` has it, from the values of the inputs."""

    def told(flow: Flow[Wide]) -> None:
        assert watch is not None
        partial = None if flow.partial is None else rounded(flow.partial)
        numbers = rounded(flow.adjoint), partial, rounded(flow.contribution), rounded(flow.total)
        watch(Flow(flow.node, flow.position, *numbers))

    found: list[Wide | None] = adjoints(graph, output, _again(graph, values), WIDE, wrt, watch=watch and told)
    return _rounded(found)


def tangents(graph: Graph, values: Sequence[float], direction: Mapping[int, float]) -> list[float | None]:
    """d node / d t as `interpreter.tangents` has it, from the values of the inputs."""
    rates = {node: wide(rate) for node, rate in direction.items()}
    found: list[Wide | None] = forward_mode(graph, _again(graph, values), WIDE, rates)
    return _rounded(found)


def orders(graph: Graph, output: int, bindings: Mapping[str, float], variable: int, order: int) -> list[float]:
    """The derivatives with respect to one variable, from the first to the given order. Raises LimitError beyond
    MAX_ORDER."""
    check_order(order)
    (terms,) = series(graph, evaluate(graph, bindings), WIDE, {variable: 1.0}, order, [output])
    return _numbers(terms)


def hessian(graph: Graph, output: int, bindings: Mapping[str, float], variables: Sequence[int]) -> list[list[float]]:
    """The second derivatives with respect to each pair of variables: how the gradient changes along each."""
    graph = with_room(graph)
    first = derivatives(graph, output, list(variables))
    values = evaluate(graph, bindings)

    def along(k: int) -> list[float]:
        found = series(graph, values, WIDE, {variables[k]: 1.0}, 1, first[k:])
        return [slope for terms in found for slope in _numbers(terms)]

    return symmetric(map(along, range(len(variables))))


def _numbers(terms: Sequence[Wide | None]) -> list[float]:
    """The derivatives from the first on, as floats."""
    return [0.0 if term is None else rounded(term) for term in terms[1:]]


def _again(graph: Graph, values: Sequence[float]) -> list[Wide]:
    return evaluate(graph, {name: values[node] for name, node in graph.inputs().items()})


def _rounded(found: Iterable[Wide | None]) -> list[float | None]:
    return [None if slope is None else rounded(slope) for slope in found]
