"""Optimizers, each a pair of pure functions: the state at the start, and one update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

State = tuple[tuple[float, ...], ...]
"""What an optimizer remembers between updates: some number of vectors as long as the parameters."""


class Optimizer(NamedTuple):
    """`update(parameters, gradient, state)` gives the next parameters and the next state."""

    init: Callable[[int], State]
    update: Callable[[Sequence[float], Sequence[float], State], tuple[list[float], State]]


def sgd(learning_rate: float) -> Optimizer:
    """Gradient descent: parameter - learning_rate * gradient (Robbins, Monro 1951)."""

    def update(parameters: Sequence[float], gradient: Sequence[float], state: State) -> tuple[list[float], State]:
        return [p - learning_rate * g for p, g in zip(parameters, gradient, strict=True)], state

    return Optimizer(lambda size: (), update)
