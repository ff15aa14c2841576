"""A column of uncertainties: the law of propagation, row by row, for independent inputs (JCGM 100:2008, 5.1.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.distributions.scan import Piece
from exprgrad.errors import UsageError
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols
from exprgrad.text.numbers import format_number

ENDING = "_u"
"""What the name of a column of uncertainties ends in, behind that of the values."""


class Spread(NamedTuple):
    """The standard uncertainty of a variable: a column of the data, a number, or a fraction of each value."""

    column: str = ""
    size: float = 0.0
    relative: bool = False


def spreads(
    given: Iterable[tuple[str, str]], is_column: Callable[[str], bool], option: str = "--u"
) -> dict[str, Spread]:
    """What the texts say of variables: `sx`, `0.1` or `3%`. Raises UsageError for a text that is neither a column nor a
    number, and for a negative one."""
    found: dict[str, Spread] = {}
    for name, text in given:
        if name in found:
            raise UsageError(f"{option} gives {name} twice")
        piece = Piece.of(text, f"{option} {name}")
        if is_column(piece.text):
            found[name] = Spread(column=piece.text)
            continue
        if piece.text.isidentifier():
            raise UsageError(f"{option} {name}: the data have no column {piece.text}, and it is no number")
        part = piece.fraction()
        plain, divisor = part or (piece, 1.0)
        size = plain.number()
        if size < 0:
            raise piece.error(f"an uncertainty is negative: {format_number(size)}")
        found[name] = Spread(size=size / divisor, relative=part is not None)
    return found


def pairs(text: str, option: str = "--u") -> list[tuple[str, str]]:
    """The names with their texts in `x=sx,y=0.1,z=3%`. Raises UsageError for another text."""
    found = []
    for piece in Piece.of(text, option).split():
        name, equals, size = piece.text.partition("=")
        if not equals or not name.strip().isidentifier() or not size.strip():
            raise piece.error("an uncertainty is written NAME=SIZE", f"as {option} x=sx,y=0.1,z=3%")
        found.append((name.strip(), size.strip()))
    return found


def uncertainties(
    graph: Graph, nodes: Mapping[str, int], spread: Mapping[str, Spread], columns: Iterable[str]
) -> dict[str, int]:
    """The nodes of the uncertainties of some nodes, by name; new ones are appended to the graph. They are
    sqrt(sum of (d node/d x * u(x))^2), without its overflow."""
    symbols, inputs = Symbols(graph), graph.inputs()
    times, hypot, size_of = (symbols.operation(name) for name in ("mul", "hypot", "abs"))
    errors: dict[str, int] = {}
    for name, one in spread.items():
        error = graph.input(one.column) if one.column else symbols.constant(one.size)
        errors[name] = times(size_of(inputs[name]), error) if one.relative else error
    known, found = list(columns), {}
    for called, node in nodes.items():
        slopes = column_derivatives(graph, node, [inputs[name] for name in spread], known)
        parts = [times(slope, error) for slope, error in zip(slopes, errors.values(), strict=True)]
        total = size_of(parts[0])
        for part in parts[1:]:
            total = hypot(total, part)
        found[f"{called}{ENDING}"] = total
    return found
