"""Columns for tests: random expressions over columns, and what these mean row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import nan

from hypothesis import strategies as st

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.folds import function_of
from exprgrad.columns.memory import Columns
from exprgrad.columns.shapes import Shapes
from exprgrad.columns.unfold import unfolded
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from tests.expressions import texts

REDUCTIONS = ["sum", "mean", "var", "std", "norm", "logsumexp", "largest", "smallest", "count"]
SCANS = ["cumsum", "cumsum_back", "row_number"]
SMOOTH = ["add", "sub", "mul", "sin", "tanh", "atan", "square", "gauss", "relu", "where", "lt", "max"]

columns = st.integers(1, 9).flatmap(
    lambda rows: st.fixed_dictionaries(
        {name: st.lists(st.floats(-2, 2, allow_subnormal=False), min_size=rows, max_size=rows) for name in ("x", "y")}
    )
)


def column_texts(max_leaves: int = 10) -> st.SearchStrategy[str]:
    """Programs over the columns x and y and the number z, most of them with reductions or scans."""
    return texts(SMOOTH + REDUCTIONS + SCANS[:2], max_leaves)


def computed(graph: Graph, wanted: Sequence[int], numbers: Mapping[str, float], data: Mapping[str, list[float]]):
    """The values of nodes on the interpreter."""
    source = Columns(data)
    return Prepared(graph, wanted, source, Engine("interpreter")).run(source, numbers).values


def unrolled(model: Model, rows: int, names: Sequence[str]) -> tuple[Graph, int | list[int]]:
    """The program with each row of a column as a variable of its own (`x3`), and each reduction written out."""
    graph, (output,) = unfolded(model.graph, [model.output])
    shapes, new = Shapes(graph, names), Graph()
    found: list[int | list[int]] = []
    for node, (operation, operands) in enumerate(zip(graph.operations, graph.operands, strict=True)):
        name, number = graph.name(node), graph.number(node)
        if name is not None:
            found.append([new.input(f"{name}{row}") for row in range(rows)] if name in names else new.input(name))
        elif number is not None:
            found.append(new.constant(number))
        elif operation == "count" and shapes.folds(node):
            found.append(new.constant(float(rows)))
        elif shapes.folds(node) and not function_of(operation):
            found.append(new.constant(nan))  # unfolded: the graph still has it, but nothing that counts uses it
        elif shapes.folds(node):
            total, *rest = found[operands[0]]
            for row in rest:
                total = new.apply(function_of(operation), total, row)
            found.append(total)
        elif shapes.scans(node):
            found.append(_scanned(new, operation, found[operands[0]], rows))
        elif shapes.is_column(node):
            spread = [found[o] if shapes.is_column(o) else [found[o]] * rows for o in operands]
            found.append([new.apply(operation, *row) for row in zip(*spread, strict=True)])
        else:
            found.append(new.apply(operation, *[found[o] for o in operands]))
    return new, found[output]


def _scanned(graph: Graph, scan: str, operand: int | list[int], rows: int) -> list[int]:
    """The nodes of a scan of a column, row by row."""
    assert isinstance(operand, list)
    if scan == "row_number":
        return [graph.constant(row + 1.0) for row in range(rows)]
    order = operand if scan == "cumsum" else operand[::-1]
    sums = [*accumulate(order, lambda total, row: graph.apply("add", total, row))]
    return sums if scan == "cumsum" else sums[::-1]
