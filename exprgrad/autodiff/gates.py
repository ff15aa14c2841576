"""Which adjoints count: the branch of a `where` that was not taken must contribute exactly nothing.

It is not enough to multiply by zero, because 0*inf is nan. On numbers, a closed gate therefore drops the contribution.
In expressions it is not known yet whether a gate will be closed. So each adjoint is kept with the condition under
which it counts, and is put inside a `where` at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, Generic, TypeVar

from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.functions.rules import Rule

T = TypeVar("T")


class _Closed(Enum):
    CLOSED = 0


CLOSED: Final = _Closed.CLOSED
"""The condition of a contribution that is known not to count."""


class Gates(Generic[T]):
    """The conditions under which the adjoints of one reverse pass count; None means always."""

    def __init__(self, arithmetic: Arithmetic[T]) -> None:
        self.known = arithmetic.known
        self.add = arithmetic.operation("add")
        self.where = arithmetic.operation("where")
        self.both = arithmetic.operation("and")
        self.either = arithmetic.operation("or")
        self.negate = arithmetic.operation("not")
        self.zero = arithmetic.constant(0.0)
        self.conditions: dict[int, T] = {}

    def through(self, node: int, gate: Rule[T] | None, scope: Sequence[T]) -> T | _Closed | None:
        """The condition under which a contribution counts that flows from a node through a gate."""
        condition = self.conditions.get(node)
        if gate is None:
            return condition
        opened = gate(scope)
        number = self.known(opened)
        if number is not None:
            return condition if number else CLOSED
        return opened if condition is None else self.both(condition, opened)

    def merge(self, node: int, before: T | None, more: T, condition: T | None) -> T:
        """The adjoint of a node after one more contribution."""
        if before is None:
            if condition is not None:
                self.conditions[node] = condition
            return more
        old = self.conditions.get(node)
        if condition == old:
            return self.add(more, before)
        self.conditions.pop(node, None)
        if condition is not None and old is not None:
            if condition == self.negate(old):
                return self.where(old, before, more)
            if old == self.negate(condition):
                return self.where(condition, more, before)
            self.conditions[node] = self.either(condition, old)
        return self.add(self.close(more, condition), self.close(before, old))

    def close(self, adjoint: T, condition: T | None) -> T:
        """The adjoint where its condition holds, else 0."""
        return adjoint if condition is None else self.where(condition, adjoint, self.zero)

    def settle(self, adjoints: list[T | None]) -> list[T | None]:
        """All adjoints as values that hold without a condition."""
        for node, condition in self.conditions.items():
            adjoint = adjoints[node]
            assert adjoint is not None
            adjoints[node] = self.close(adjoint, condition)
        return adjoints
