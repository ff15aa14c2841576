"""The interpreter: a graph on Python floats. It defines what every graph means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exprgrad.autodiff.reverse import adjoints
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph


def evaluate(graph: Graph, bindings: Mapping[str, float]) -> list[float]:
    """The values of all nodes. Raises KeyError for an unbound variable."""
    return forward(graph, FLOATS, bindings)


def gradient(graph: Graph, output: int, values: list[float], wrt: Iterable[int]) -> list[float | None]:
    """d output / d node for the nodes in `wrt` and those on the way to them; None where the output does not depend on
    the node."""
    return adjoints(graph, output, values, FLOATS, wrt)


def tangents(graph: Graph, values: list[float], direction: Mapping[str, float]) -> list[float | None]:
    """d node / d t for each node, if the variables change at the rates in `direction`; None for a node that does not
    change."""
    from exprgrad.autodiff import forward as forward_mode

    inputs = graph.inputs()
    return forward_mode.tangents(graph, values, FLOATS, {inputs[name]: float(rate) for name, rate in direction.items()})
