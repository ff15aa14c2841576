"""What a formula can be computed in. Rules, the reverse pass and the forward pass are generic in it.

On floats they give numbers, on graph nodes (`graph.symbols`) new expressions, and in the tests,
on mpmath, references.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Arithmetic(Protocol[T]):
    """Values of one kind and the table's functions on them."""

    def constant(self, value: float) -> T:
        """The value that stands for a number."""
        ...

    def operation(self, name: str) -> Callable[..., T]:
        """A function of the table, on values of this kind."""
        ...

    def known(self, value: T) -> float | None:
        """The number a value is known to be, or None while it is an expression."""
        ...
