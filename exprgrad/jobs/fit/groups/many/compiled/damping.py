"""Steps of at most some length, as nodes of a graph: `trust` and `steps` have them for numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exprgrad.backends.llvm.sections.sums import pairs
from exprgrad.graph.operators import Node
from exprgrad.jobs.fit.groups.many.compiled.states import Nodes, algebra, where

_TURNS = 4
"""Of Newton's method; mostly two find the damping to a percent."""


class There(NamedTuple):
    """A place where steps begin."""

    values: Nodes
    step: Nodes
    """The undamped one, and its length in units of the scale."""
    whole: Node
    triangle: Nodes
    rotated: Nodes
    scale: Nodes


def promised(there: There, step: Nodes) -> Node:
    """How much lower the cost is after a step, if the model is linear."""
    moved = algebra.times(there.triangle, step)
    lower: Node = algebra.dot(moved, there.rotated * 2.0 - moved)
    return lower


def damped(there: There, radius: Node) -> tuple[Nodes, Node]:
    """The best step of about this length, and its length.

    With S = R*D^-1 the steps y = D*d solve (S'S + k*I) y = S'q. Newton's method finds k from below, where 1/|y| is
    nearly a line in k (Hebden 1973, AERE Harwell TP 515; Moré 1978). What is too long still is cut.
    """
    scaled = there.triangle / there.scale
    squares = {(i, j): algebra.dot(scaled[: i + 1, i], scaled[: i + 1, j]) for i, j in pairs(len(scaled))}
    pull = algebra.pulled(scaled, there.rotated)
    root, y = scaled, there.step * there.scale
    length, damping = there.whole, radius.constant(0.0)
    for _ in range(_TURNS):
        turned = _below(root, y)
        excess = (length - radius) / radius
        damping += excess * algebra.dot(y, y) / algebra.dot(turned, turned)
        more = {(i, j): square + damping if i == j else square for (i, j), square in squares.items()}
        made = algebra.root({**more, **{(i, len(pull)): each for i, each in enumerate(pull)}}, len(pull))
        root, y = made.triangle, algebra.solved(made.triangle, made.rotated)
        length = algebra.norms(y)
    long = length > radius
    y = where(long, y * (radius / length), y)
    return y / there.scale, long.where(radius, length)


def _below(triangle: Nodes, vector: Nodes) -> Nodes:
    """The solution of a transposed triangle."""
    found = np.empty_like(vector)
    for i in range(len(vector)):
        left = vector[i]
        for k in range(i):
            left = left - triangle[k, i] * found[k]
        found[i] = left / triangle[i, i]
    return found
