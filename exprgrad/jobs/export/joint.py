"""What an export computes: one graph with the value, the gradient and, if it is asked for, the Hessian."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from exprgrad.autodiff.derivative import derivatives, pairs_to_compute, pairs_to_read, with_room
from exprgrad.binding import no_variable
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.symbols import Symbols
from exprgrad.notation.infix import write
from exprgrad.simplify.simplify import simplify

_QUOTED = 300
"""The most characters of the expression that a comment quotes."""


class Joint(NamedTuple):
    """The graph that an export writes, and the nodes whose values it returns."""

    expression: str
    graph: Graph
    variables: tuple[str, ...]
    """What the function takes, in order of first use."""
    columns: tuple[str, ...]
    """Those among them that are columns."""
    value: int
    gradient: dict[str, int]
    hessian: dict[tuple[str, str], int]
    """For each pair of the gradient's variables; empty unless it was asked for."""
    names: dict[int, str]
    """The names that the user gave to nodes."""

    @property
    def outputs(self) -> list[int]:
        """All of these nodes."""
        return [self.value, *self.gradient.values(), *self.hessian.values()]


def joint(
    model: Model,
    bindings: Mapping[str, float],
    wrt: Sequence[str] = (),
    columns: Sequence[str] = (),
    *,
    hessian: bool = False,
    simplified: bool = False,
) -> Joint:
    """The value and its derivatives with respect to `wrt` (by default all variables that are numbers, or all), with the
    bindings put in as numbers. `simplified` is for formulas that people read; else every bit is kept.

    Raises UsageError for names that are no variables, LimitError for derivatives that are too large.
    """
    variables = [name for name in model.graph.inputs() if name not in bindings]
    for name in (*wrt, *columns):
        if name not in variables:
            raise no_variable(f"the expression has no unbound variable {name}", name, variables, model.rename(name))
    wrt = list(dict.fromkeys(wrt)) or [name for name in variables if name not in columns] or variables
    graph, output, names = _bound(model, bindings)
    inputs = {name: graph.input(name) for name in variables}
    graph = with_room(graph)
    known: Collection[str] | None = columns or None
    gradient = dict(zip(wrt, derivatives(graph, output, [inputs[name] for name in wrt], known), strict=True))
    second: dict[tuple[str, str], int] = {}
    if hessian:
        nodes = [inputs[name] for name in wrt]
        pairs = pairs_to_read if simplified else pairs_to_compute
        rows = pairs(graph, list(gradient.values()), nodes, known)
        second = {(x, y): node for x, row in zip(wrt, rows, strict=True) for y, node in zip(wrt, row, strict=True)}
    result = Joint(
        write(model.graph, model.output, model.labels, limit=_QUOTED),
        graph,
        tuple(variables),
        tuple(columns),
        output,
        gradient,
        second,
        names,
    )
    return _simplified(result) if simplified else result


def _bound(model: Model, bindings: Mapping[str, float]) -> tuple[Graph, int, dict[int, str]]:
    """A new graph with the bindings put in, its result, and the names of its intermediates."""
    named = [*model.intermediates.items(), *([(model.name, model.output)] if model.name else [])]
    graph = Graph()
    symbols = Symbols(graph)
    inputs = {
        name: graph.constant(bindings[name]) if name in bindings else graph.input(name) for name in model.graph.inputs()
    }
    moved = forward(model.graph, symbols, inputs)
    names = {moved[node]: name for name, node in named if graph.operands[moved[node]]}
    return graph, moved[model.output], names


def _simplified(joint: Joint) -> Joint:
    nodes = joint.outputs
    graph, found = simplify(joint.graph, nodes, {}, digits=True)
    new = dict(zip(nodes, found, strict=True))
    return joint._replace(
        graph=graph,
        value=new[joint.value],
        gradient={name: new[node] for name, node in joint.gradient.items()},
        hessian={pair: new[node] for pair, node in joint.hessian.items()},
        names={},
    )
