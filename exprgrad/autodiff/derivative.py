"""Derivatives as expressions, and the `diff` of the language."""

from __future__ import annotations

from exprgrad.autodiff.reverse import adjoints
from exprgrad.graph.graph import CONSTANT, INPUT, Graph
from exprgrad.graph.infix import write
from exprgrad.graph.lower import DIFF, Model
from exprgrad.graph.symbols import Symbols

_LABEL = 200
"""Characters after which the text of a `diff` is cut."""


def derivatives(graph: Graph, output: int, wrt: list[int]) -> list[int]:
    """The nodes of d output / d node for each node in `wrt`; new ones are appended to the graph."""
    symbols = Symbols(graph)
    found = adjoints(graph, output, range(output + 1), symbols, wrt)
    zero = symbols.constant(0.0)
    reached = [found[node] if node <= output else None for node in wrt]
    return [zero if adjoint is None else adjoint for adjoint in reached]


def expand(model: Model) -> Model:
    """The model with each `diff(…)` replaced by the derivative it stands for, inner ones first."""
    old = model.graph
    if DIFF not in old.operations:
        return model
    graph = Graph()
    nodes: list[int] = []
    labels: dict[int, str] = {}
    for node, (operation, operands) in enumerate(zip(old.operations, old.operands, strict=True)):
        graph.span = old.source_span(node)
        if operation in (CONSTANT, INPUT):
            leaf = old.leaves[node]
            nodes.append(graph.input(leaf) if isinstance(leaf, str) else graph.constant(leaf))
        elif operation == DIFF:
            output, variable, order = operands
            derivative, count = nodes[output], len(graph)
            for _ in range(int(old.number(order) or 0)):
                (derivative,) = derivatives(graph, derivative, [nodes[variable]])
            nodes.append(derivative)
            if derivative >= count:  # not one that the program has anyway
                labels[derivative] = write(old, node, limit=_LABEL)
        else:
            nodes.append(graph.apply(operation, *[nodes[operand] for operand in operands]))
    intermediates = {name: nodes[node] for name, node in model.intermediates.items()}
    return model._replace(graph=graph, output=nodes[model.output], intermediates=intermediates, labels=labels)
