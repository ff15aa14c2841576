"""A function of the Python subset as data: its statements and expressions, with every outside name resolved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, NamedTuple

Shape = str | tuple["Shape", ...]
"""NUMBER, TRUTH or TABLE; or the shapes of a tuple's elements."""
NUMBER, TRUTH, TABLE = "number", "truth", "table"


class TranslationError(Exception):
    """Source outside of the subset, or without a counterpart where it is translated to; the message says what."""


class Number(NamedTuple):
    """A number or a truth value that is known now."""

    value: float


@dataclass(frozen=True)
class Constant:
    """A tuple of numbers, or of such tuples, that is known now: also a value of the walk (`writer`)."""

    values: tuple[Any, ...]
    name: str
    """How the source calls it; an element of it is `NAME_INDEX`."""

    def rows(self) -> list[tuple[float, ...]]:
        """The numbers of each element. Raises TranslationError unless all elements have as many."""
        rows = [row if isinstance(row, tuple) else (row,) for row in self.values]
        if any(len(row) != len(rows[0]) or not all(isinstance(x, int | float) for x in row) for row in rows):
            raise TranslationError(f"{self.name} is an uneven table")
        return rows


class Name(NamedTuple):
    """A variable or a parameter."""

    name: str


class Tuple(NamedTuple):
    """Several values, or several targets of an assignment."""

    elements: tuple[Expression, ...]


class Negative(NamedTuple):
    """-x."""

    operand: Expression


class Not(NamedTuple):
    """not x."""

    operand: Expression


class Arithmetic(NamedTuple):
    """An operation on two numbers: add, sub, mul, div, mod (Python's %) or pow (Python's **)."""

    operation: str
    left: Expression
    right: Expression


class Compare(NamedTuple):
    """A chain of comparisons, `x < y <= z`: lt, le, gt, ge, eq or ne, each with the operand on its right."""

    left: Expression
    links: tuple[tuple[str, Expression], ...]


class Junction(NamedTuple):
    """`and` of conditions, or `or`. They have no effects, so a writer may compute all of them."""

    every: bool
    """True for `and`."""
    conditions: tuple[Expression, ...]


class Conditional(NamedTuple):
    """`body if test else otherwise`, of numbers or of tuples."""

    test: Expression
    body: Expression
    otherwise: Expression


class Element(NamedTuple):
    """An element of a tuple, a list or a constant table; also the target of an assignment to a list."""

    listed: Expression
    place: Expression


class Spread(NamedTuple):
    """An operand `*x`: the elements of a tuple, each an operand."""

    operand: Expression


class Primitive(NamedTuple):
    """A call of a function that each writer has to know."""

    name: str
    """Its operation: see `primitives`."""
    function: Callable[..., Any]
    """What Python calls, for operands that are known now."""
    operands: tuple[Expression, ...]


class Call(NamedTuple):
    """A call of another function of the subset."""

    function: FunctionType
    operands: tuple[Expression, ...]


Expression = (
    Number
    | Constant
    | Name
    | Tuple
    | Negative
    | Not
    | Arithmetic
    | Compare
    | Junction
    | Conditional
    | Element
    | Spread
    | Primitive
    | Call
)


class Assign(NamedTuple):
    """target = value, where the target is a Name, a Tuple of targets, or an Element."""

    target: Expression
    value: Expression


class Zeros(NamedTuple):
    """name = [0.0]*length."""

    name: str
    length: int


class Return(NamedTuple):
    """return value."""

    value: Expression


class If(NamedTuple):
    """if test: body, else: otherwise."""

    test: Expression
    body: Body
    otherwise: Body


class While(NamedTuple):
    """while test: body."""

    test: Expression
    body: Body


class Count(NamedTuple):
    """for name in range(start, stop, step): body."""

    name: str
    start: Expression
    stop: Expression
    step: int
    body: Body


class Each(NamedTuple):
    """for target in table: body; with `first`, for target in enumerate(table, first)."""

    target: Expression
    table: Expression
    first: int | None
    body: Body


Statement = Assign | Zeros | Return | If | While | Count | Each
Body = tuple[Statement, ...]


class Parameter(NamedTuple):
    """A parameter of a function."""

    name: str
    shape: Shape
    default: float | None
    """None where a call must give it."""


class Routine(NamedTuple):
    """A described function."""

    function: FunctionType
    summary: str
    """The first line of its docstring."""
    parameters: tuple[Parameter, ...]
    result: Shape
    body: Body

    @property
    def name(self) -> str:
        """Of the Python function."""
        return self.function.__name__

    @property
    def is_straight(self) -> bool:
        """Whether it is assignments and one return, maybe with loops over assignments: no branch, no `while`."""
        return bool(self.body) and isinstance(self.body[-1], Return) and _is_plain(self.body[:-1])


def _is_plain(body: Body) -> bool:
    return all(
        _is_plain(statement.body) if isinstance(statement, Count | Each) else isinstance(statement, Assign | Zeros)
        for statement in body
    )
