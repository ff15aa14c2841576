"""The interpreter: a graph on Python floats. It defines what every graph means."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite, isinf
from sys import byteorder

from exprgrad.autodiff.reverse import Flow, adjoints
from exprgrad.functions.floats import FLOATS, float_rule
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph

SMALLEST = 2.0**-960
"""Numbers below it may be what a larger one lost its digits to."""
_HIGHEST = slice(7 if byteorder == "little" else 0, None, 8)
"""The byte of each float that has its sign and the upper 7 bits of its exponent: the quickest look at many floats."""
_ROOMY = bytes(k for k in range(256) if 4 <= k % 128 < 127)
"""What that byte is where a float has room to spare: it is from 2^-959 to 2^1009."""


def evaluate(graph: Graph, bindings: Mapping[str, float]) -> list[float]:
    """The values of all nodes. Raises KeyError for an unbound variable."""
    return forward(graph, FLOATS, bindings)


def gradient(
    graph: Graph,
    output: int,
    values: list[float],
    wrt: Iterable[int],
    watch: Callable[[Flow[float]], None] | None = None,
) -> list[float | None]:
    """d output / d node for the nodes in `wrt` and those on the way to them; None where the output does not depend on
    the node. Where a number on the way leaves the range of floats, the sweep is done again without their bounds, and
    `watch` is told once more of each contribution."""
    wanted = list(wrt)
    found = adjoints(graph, output, values, FLOATS, wanted, watch=watch)
    if in_range(values, found):
        return found
    from exprgrad.backends import careful

    return careful.gradient(graph, output, values, wanted, watch)


def tangents(graph: Graph, values: list[float], direction: Mapping[str, float]) -> list[float | None]:
    """d node / d t for each node, if the variables change at the rates in `direction`; None for a node that does not
    change."""
    from exprgrad.autodiff import forward as forward_mode

    inputs = graph.inputs()
    rates = {inputs[name]: float(rate) for name, rate in direction.items()}
    found = forward_mode.tangents(graph, values, FLOATS, rates)
    if in_range(values, found):
        return found
    from exprgrad.backends import careful

    return careful.tangents(graph, values, rates)


def in_range(values: Sequence[float], found: Sequence[float | None] = ()) -> bool:
    """Whether no value and no derivative left the range of floats, as far as these tell: a derivative of 0 may be one
    that underflowed."""
    slopes = [slope for slope in found if slope is not None]
    if not array("d", [*values, *slopes]).tobytes()[_HIGHEST].translate(None, _ROOMY):
        return True
    return (
        all(map(isfinite, values))
        and all(map(isfinite, slopes))
        and min(filter(None, map(abs, values)), default=1.0) >= SMALLEST
        and min(map(abs, slopes), default=1.0) >= SMALLEST
    )


def kept_digits(graph: Graph, values: Sequence[float]) -> bool:
    """Whether no value left the range of floats, as far as they tell: a 0 may be what underflowed."""

    def underflowed(node: int) -> bool:
        operands = graph.operands[node]
        return bool(operands) and not FUNCTIONS[graph.operations[node]].exact and all(values[k] for k in operands)

    return in_range(values) and not any(underflowed(node) for node, value in enumerate(values) if value == 0)


def kept_turns(graph: Graph, values: Sequence[float]) -> bool:
    """Whether each function that repeats, as sin does, has an operand of which rounding moves no good part of a period,
    as far as the sizes of the values tell. What was given, and is not computed, has no rounding."""
    waving = [node for node, operation in enumerate(graph.operations) if operation in _WAVES]
    if not waving:
        return True
    if any(is_beyond(graph, values, node) for node in waving):
        return False
    computed = [abs(value) for value, operands in zip(values, graph.operands, strict=True) if operands]
    least = max(filter(isfinite, computed), default=0.0) * _PART
    if least < 1.0:
        waving = [node for node in waving if graph.operations[node] in _SHORT]
    for node in waving:
        name, operands = _WAVES[graph.operations[node]], graph.operands[node]
        turns = abs(float_rule(name, FUNCTIONS[graph.operations[node]].operands)([values[k] for k in operands]))
        if any(graph.operands[k] and abs(values[k]) <= least * (turns or 1.0) for k in operands):
            return False
    return True


def is_beyond(graph: Graph, values: Sequence[float], node: int) -> bool:
    """Whether a function has a value, as the limit 0 of besselj, though the operand that it has was computed to be
    infinite: it is that of a number beyond the floats, whose phase is not known."""
    return isfinite(values[node]) and any(graph.operands[k] and isinf(values[k]) for k in graph.operands[node])


_WAVES = {name: row.waves for name, row in FUNCTIONS.items() if row.waves}
_SHORT = {name for name, row in FUNCTIONS.items() if row.turns and row.turns != "x" and not row.exact}
"""Those of which a period may be shorter than 1, as that of fmod(x, 0.1) is."""
_PART = 2.0**-46
"""A number is known to this part of the largest one that it was computed from, if some dozen roundings added up."""
