"""Values that lost their digits on the way: an intermediate result was too small for a float, or too large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite

from exprgrad.backends import careful
from exprgrad.diagnosis.provenance import live, note
from exprgrad.functions.numerics.far import NORMAL, rounded
from exprgrad.graph.graph import Graph
from exprgrad.text.numbers import format_number
from exprgrad.text.source import SourceText

_SAME = 1e-10
"""The relative difference up to which a value has its digits."""


def lost_digits(
    source: SourceText, graph: Graph, output: int, values: Sequence[float], bindings: Mapping[str, float]
) -> str | None:
    """A note where the value is finite, but not what it is without the bounds of floats: on the first operation whose
    result they cut, and what the value is. None where the value is right, as it is where `interpreter.kept_digits`."""
    value = values[output]
    exact = careful.evaluate(graph, bindings)
    right = rounded(exact[output])
    if not (isfinite(value) and isfinite(right)) or abs(value - right) <= max(_SAME * abs(right), NORMAL):
        return None
    for node in live(graph, output, values):
        found = values[node]
        if graph.operands[node] and not NORMAL <= abs(found) < inf and found != exact[node]:
            what = "is too small for a float" if abs(found) < 1 else "is too large for a float"
            then = f": the result is {format_number(right)}, not {format_number(value)}"
            return note(source, graph, node, values, what, then=then)
    return None
