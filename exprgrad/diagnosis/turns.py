"""Functions that repeat, as sin and remainders do, of operands so large that their rounding is worth a good part of a
period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from exprgrad.autodiff.reverse import adjoint_at, adjoints
from exprgrad.backends.interpreter import is_beyond
from exprgrad.backends.noise import Noisy, runs
from exprgrad.diagnosis.provenance import live, note
from exprgrad.functions.floats import FLOATS, float_rule
from exprgrad.functions.numerics.far import Wide
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.forward import compute, forward
from exprgrad.graph.graph import Graph
from exprgrad.text.numbers import format_number
from exprgrad.text.source import SourceText

_PAIRS = 3
"""Pairs of runs with rounding that is up or down at random."""
_PART = 1 / 64
"""The part of a period, by which an operand may move and leave a digit."""
_HEIGHT = 6e-155
"""The height of a wave beyond the floats, at most: that of besselj falls as x^(-1/2) does."""
_MOVED = 0.01
"""The part of a number from which on it has no digit left."""


def lost_turns(
    source: SourceText,
    graph: Graph,
    output: int,
    values: Sequence[float],
    bindings: Mapping[str, float],
    wrt: Sequence[int],
) -> str | None:
    """A note on the first function that repeats and of which rounding moves the operand by a good part of a period, if
    with it the value moves, or a derivative with respect to `wrt`. None where `interpreter.kept_turns`."""
    places = [node for node in live(graph, output, values) if graph.operands[node] and waves(graph, node)]
    found = [(noise, forward(graph, noise, bindings)) for noise in runs(_PAIRS, bounds=True)]
    shown = [_shown(graph, output, run, noise, wrt) for noise, run in found]
    for node in places:
        if is_beyond(graph, values, node):
            changed = _changed(graph, values, bindings, node, _HEIGHT)
            if _apart([_shown(graph, output, each, Noisy(None), wrt) for each in (values, changed)]):
                return note(source, graph, node, values, "has no digit: its operand is beyond the floats")
            continue
        rule = float_rule(waves(graph, node), FUNCTIONS[graph.operations[node]].operands)
        turns = [rule([float(run[k]) for k in graph.operands[node]]) for _, run in found]
        apart = max(turns) - min(turns)
        if not (all(map(isfinite, turns)) and apart > _PART):
            continue
        period = values[graph.operands[node][0]] / turns[-1] if turns[-1] else 0.0
        changed = _changed(graph, values, bindings, node, 0.37 * period)
        flat = FUNCTIONS[graph.operations[node]].flat
        if (
            _apart(shown)
            or _apart([shown[-1], _shown(graph, output, changed, Noisy(None), wrt)])
            or (flat and _moves(graph, output, values, node, 0.37 * period))
        ):
            step = "step" if flat else "period"
            number = format_number(float(f"{apart:.1g}"))
            by = f"{number} {step}s" if apart >= 1 else f"{number} of a {step}"
            return note(source, graph, node, values, f"loses its digits: rounding moves the operand by {by}")
    return None


def waves(graph: Graph, node: int) -> str:
    """The formula of how many periods a function has gone through; empty for one that does not repeat."""
    return FUNCTIONS[graph.operations[node]].waves


def _shown(graph: Graph, output: int, run: Sequence[Wide], noise: Noisy, wrt: Sequence[int]) -> list[float]:
    """The value and the derivatives, with rounding as in this run."""
    slopes: list[Wide | None] = adjoints(graph, output, run, noise, wrt)
    return [float(run[output]), *(float(slopes[node] or 0.0) for node in wrt)]


def _changed(
    graph: Graph, values: Sequence[float], bindings: Mapping[str, float], node: int, by: float
) -> Sequence[float]:
    """All values, with one that is a part of a period larger. A remainder may be that though all floats that its
    operand may be have the same one, as those from 2^53 on have no digits behind the point."""
    changed = {k: values[k] + (by if k == node else 0.0) for k in range(node + 1)}
    compute(graph, range(node + 1, len(graph)), changed, FLOATS, bindings)
    return [changed[k] for k in range(len(graph))]


def _moves(graph: Graph, output: int, values: Sequence[float], node: int, by: float) -> bool:
    """Whether the value moves by a good part of itself where a node is a part of a step larger, as the node's adjoint
    has it: beside 1e20 a part of a step is no float, and so x - floor(x) shows nothing."""
    found = adjoints(graph, output, values, FLOATS, [node])
    return abs(adjoint_at(found, node, 0.0) * by) > _MOVED * abs(values[output])


def _apart(numbers: Sequence[Sequence[float]]) -> bool:
    """Whether one of the numbers has no digit left."""
    return any(
        all(map(isfinite, each)) and max(each) - min(each) > _MOVED * max(map(abs, each))
        for each in zip(*numbers, strict=True)
    )
