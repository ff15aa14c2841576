"""What a translation of the Python subset has to say: how its target writes each expression and statement."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar, Union

from exprgrad.functions.source.description import Body, Constant, Count, Each, Expression, Routine

S = TypeVar("S")
L = TypeVar("L")
Value = Union[float, S, L, Constant, tuple["Value[S, L]", ...]]  # noqa: UP007 - an alias that refers to itself
"""A number known now, a scalar of the target (S), a list in it (L), a constant table, or a tuple of values."""


class Constructs(ABC, Generic[S, L]):
    """How each construct is written into one function of the target.

    S is the type of the target's scalars, L that of its lists and tables. Where a method takes `float | S`, the
    operand may be a number that is known now; the other operands, and at least one of several, are not.
    """

    @abstractmethod
    def read(self, name: str) -> Value[S, L]:
        """The value of a variable."""

    @abstractmethod
    def negative(self, x: S) -> S:
        """-x."""

    @abstractmethod
    def opposite(self, x: S) -> S:
        """not x, of a condition."""

    @abstractmethod
    def condition(self, x: S) -> S:
        """A number or condition as a condition: what is not 0 is true, nan too."""

    @abstractmethod
    def arithmetic(self, operation: str, x: float | S, y: float | S) -> S:
        """An operation on two numbers: see `description.Arithmetic`."""

    @abstractmethod
    def comparison(self, operation: str, x: float | S, y: float | S) -> S:
        """lt, le, gt, ge, eq or ne."""

    @abstractmethod
    def junction(self, every: bool, conditions: list[S]) -> S:
        """`and` of two or more conditions, or `or`."""

    @abstractmethod
    def conditional(self, test: S, body: Expression, otherwise: Expression) -> Value[S, L]:
        """`body if test else otherwise`."""

    @abstractmethod
    def element(self, listed: L | Constant, index: float | S) -> Value[S, L]:
        """An element of a list, or of a constant table at an index that is not known now."""

    @abstractmethod
    def primitive(self, name: str, operands: list[float | S]) -> Value[S, L]:
        """A call of a function that the target has: see `primitives`."""

    @abstractmethod
    def call(self, routine: Routine, operands: list[Value[S, L]]) -> Value[S, L]:
        """A call of another function of the subset, with an operand for each parameter."""

    @abstractmethod
    def assign(self, assigned: list[tuple[str, Value[S, L]]]) -> None:
        """Give values to variables, to all at once."""

    @abstractmethod
    def zeros(self, name: str, length: int) -> None:
        """A list of zeros."""

    @abstractmethod
    def store(self, listed: L, index: float | S, value: float | S) -> None:
        """Change an element of a list."""

    @abstractmethod
    def give(self, value: Value[S, L]) -> None:
        """Return a value."""

    @abstractmethod
    def choose(self, test: S, body: Body, otherwise: Body) -> None:
        """if."""

    @abstractmethod
    def repeat(self, test: Expression, body: Body) -> None:
        """while."""

    @abstractmethod
    def count(self, loop: Count) -> None:
        """for … in range(…)."""

    @abstractmethod
    def each(self, loop: Each) -> None:
        """for … in a constant table."""

    def ended(self) -> bool:
        """Whether what follows cannot be reached, and need not be written."""
        return False
