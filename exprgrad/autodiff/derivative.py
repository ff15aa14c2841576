"""Derivatives as expressions: of first and of higher order, with respect to numbers and to columns."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TypeVar

from exprgrad.autodiff.reverse import active, adjoint_at, adjoints
from exprgrad.errors import LimitError
from exprgrad.functions.table import MIXING, REDUCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import cone
from exprgrad.graph.symbols import Symbols
from exprgrad.text.source import SourceText, Span

T = TypeVar("T")

MAX_ORDER = 100
"""Highest order of a derivative, counted through nested ones."""

_LONG = 10**20
"""An order from here on is not written out in a message."""


class _AllBut:
    """All names but these."""

    def __init__(self, names: set[str | None]) -> None:
        self.names = names

    def __contains__(self, name: object) -> bool:
        return name not in self.names


def _plain_numbers(graph: Graph) -> set[str | None]:
    """The variables that cannot be columns: those in operands of a reduction after its first, which alone is folded."""
    others = [
        operand
        for operation, operands in zip(graph.operations, graph.operands, strict=True)
        if operation in REDUCTIONS
        for operand in operands[1:]
    ]
    return {graph.name(node) for node in cone(graph, others)} - {None}


def columns_unless(graph: Graph, variable: int, columns: Container[str] | None) -> Container[str]:
    """The names of the columns; where they are not known, all that can be columns in a derivative with respect to a
    variable that is a number."""
    return _AllBut({graph.name(variable), *_plain_numbers(graph)}) if columns is None else columns


def derivatives(graph: Graph, output: int, wrt: list[int], columns: Container[str] | None = None) -> list[int]:
    """The nodes of d output / d node for each node in `wrt`; new ones are appended to the graph.

    `columns` names the variables that are columns. Where that is not known, a variable is taken for a number in the
    derivative with respect to it, and may be a column in the derivatives with respect to others.
    """
    if columns or MIXING.intersection(graph.operations):
        from exprgrad.autodiff.columns import column_derivatives

        if columns is not None:
            return column_derivatives(graph, output, wrt, columns)
        return [column_derivatives(graph, output, [node], columns_unless(graph, node, None))[0] for node in wrt]
    symbols, before = Symbols(graph), len(graph)
    found = adjoints(graph, output, range(output + 1), symbols, wrt)
    zero = symbols.constant(0.0)
    return graph.derived([adjoint_at(found, node, zero) for node in wrt], before)


def check_order(order: int, source: SourceText | None = None, span: Span | None = None) -> None:
    """Raise LimitError, with the place if there is one, for an order beyond MAX_ORDER."""
    if order > MAX_ORDER:
        said = f"{order}" if order < _LONG else "10^20 or more"
        raise LimitError(f"a derivative of order {said}: the limit is {MAX_ORDER}", source=source, span=span)


def repeated(
    graph: Graph,
    output: int,
    variable: int,
    order: int,
    columns: Container[str] | None = None,
    *,
    nested: bool = False,
) -> list[int]:
    """The nodes of the derivatives with respect to one variable, from the first to the given order, appended to the
    graph. `columns` names the variables that are columns; `nested` says that the output has derivatives in it.

    A first derivative is found by the reverse pass, a higher one as a series: what the reverse pass writes of a
    quotient is not made for being differentiated again. Raises LimitError beyond MAX_ORDER.
    """
    check_order(order)
    if order == 1 and not nested:
        return derivatives(graph, output, [variable], columns)
    return _all_along(graph, [output], variable, order, columns)[0]


def pairs_to_compute(
    graph: Graph, first: Sequence[int], variables: Sequence[int], columns: Container[str] | None = None
) -> list[list[int]]:
    """The nodes of the second derivatives with respect to each pair of variables, from those of the first: how the
    gradient changes along each variable."""

    def along(k: int) -> list[int]:
        return [slope for (slope,) in _all_along(graph, first[k:], variables[k], 1, columns)]

    return symmetric(map(along, range(len(variables))))


def pairs_to_read(
    graph: Graph, first: Sequence[int], variables: Sequence[int], columns: Container[str] | None = None
) -> list[list[int]]:
    """The same for people to read: each is the derivative of the one before."""
    return symmetric(derivatives(graph, slope, list(variables[k:]), columns) for k, slope in enumerate(first))


def symmetric(upper: Iterable[list[T]]) -> list[list[T]]:
    """The rows of a symmetric matrix, of which each is given from the diagonal on."""
    rows: list[list[T]] = []
    for k, row in enumerate(upper):
        rows.append([*(before[k] for before in rows), *row])
    return rows


def _all_along(
    graph: Graph, ends: Sequence[int], variable: int, order: int, columns: Container[str] | None
) -> list[list[int]]:
    """For each end the nodes of its derivatives with respect to a variable, from the first to the given order."""
    from exprgrad.autodiff.series import series

    rows = None
    if columns or MIXING.intersection(graph.operations):
        from exprgrad.autodiff.columns import across

        names = columns_unless(graph, variable, columns)
        if graph.name(variable) in names and _mixed(graph, max(ends), variable):
            return [orders_to_read(graph, end, variable, order, columns) for end in ends]
        rows = across(graph, names)
    symbols, before = Symbols(graph), len(graph)
    zero, one = symbols.constant(0.0), symbols.constant(1.0)
    found = series(graph, range(before), symbols, {variable: one}, order, ends, rows)
    return [graph.derived([zero if term is None else term for term in terms[1:]], before) for terms in found]


def _mixed(graph: Graph, output: int, variable: int) -> bool:
    """Whether a reduction or a scan depends on a variable."""
    reached = active(graph, output, [variable])
    return any(there and graph.operations[node] in MIXING for node, there in enumerate(reached))


def orders_to_read(
    graph: Graph, output: int, variable: int, order: int, columns: Container[str] | None = None
) -> list[int]:
    """As `repeated`, but each is the derivative of the one before: for people to read, and where rows of a column are
    folded, which along a direction would all move at once."""
    check_order(order)
    found: list[int] = []
    for _ in range(order):
        (output,) = derivatives(graph, output, [variable], columns)
        found.append(output)
    return found


def along(graph: Graph, direction: Mapping[str, float], nodes: list[int]) -> dict[int, int]:
    """The nodes of d node / d t for each of `nodes`, where the variables change at the rates in
    `direction`: forward mode; new nodes are appended to the graph."""
    from exprgrad.autodiff.forward import tangents

    symbols, before = Symbols(graph), len(graph)
    inputs = graph.inputs()
    rates = {inputs[name]: symbols.constant(float(rate)) for name, rate in direction.items()}
    found = tangents(graph, range(len(graph)), symbols, rates)
    zero = symbols.constant(0.0)
    return dict(zip(nodes, graph.derived([adjoint_at(found, node, zero) for node in nodes], before), strict=True))


def derivative_limit(size: int) -> int:
    """The most nodes that a graph of some size may have after differentiation: high orders can be huge."""
    return 500_000 + 10 * size


def with_room(graph: Graph) -> Graph:
    """A copy of a graph, with the limit that holds for it and its derivatives."""
    new = graph.copy()
    new.limit = derivative_limit(len(graph))
    return new
