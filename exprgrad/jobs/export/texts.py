"""Expressions of a target language as values, and the operators of the language as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from exprgrad.notation.precedence import ATOM, LEVELS, POWER, SIGNED


class Text(NamedTuple):
    """An expression in a target language."""

    text: str
    level: int = ATOM
    """How tightly its outermost operator binds: see `notation.precedence`."""
    truth: bool = False
    """Whether it is true or false, and no number."""
    number: float | None = None
    """The number that it is known to be."""
    uses: frozenset[str] = frozenset()
    """The names that occur in it: variables and named values, modules to import, types to define."""

    def within(self, needed: int) -> str:
        """The text as an operand that needs this level: in parentheses where it binds less tightly."""
        return f"({self.text})" if self.level < needed else self.text


class Operator(NamedTuple):
    """How an operation is written: a template with {0}, {1}, … and the level that each operand needs."""

    template: str
    level: int = ATOM
    operands: tuple[int, ...] = ()
    """The level that each operand needs; empty for a call, which needs none."""
    truth: bool = False
    """Whether the result is true or false."""
    truths: tuple[int, ...] = ()
    """Which operands are true or false."""
    uses: tuple[str, ...] = ()
    """What has to be imported or defined for it."""


class Helper(NamedTuple):
    """A function or a constant that the exported function needs, as source."""

    text: str
    uses: frozenset[str] = frozenset()
    """See `Text.uses`."""
    is_line: bool = False
    """Whether it is a single line, such as a constant, and no function."""


class Dialect(NamedTuple):
    """A target language as the emitter sees it."""

    operators: Mapping[str, Operator]
    """Operations that the language has, operators and functions, by their names in the table."""
    number: Callable[[float], Text]
    """The literal of a number."""
    as_truth: Operator
    """A number as a condition: what is not 0 is true, nan too."""
    as_number: Operator
    """A condition as 1 or 0."""
    names_operands: bool = False
    """Whether operands of helpers must be names, because helpers are macros, which repeat their operands' texts."""
    wrap: Operator | None = None
    """How a literal is written among the operands of a function that takes no plain numbers."""
    traps: frozenset[str] = frozenset()
    """Operators that raise an error where their last operand is 0. A helper is used instead, unless that operand is a
    known number other than 0."""


def variable(name: str, *, truth: bool = False) -> Text:
    """A name as a text."""
    return Text(name, truth=truth, uses=frozenset([name]))


def used(texts: Iterable[Text | Helper]) -> frozenset[str]:
    """The names that occur in any of these."""
    return frozenset().union(*(text.uses for text in texts))


def call(function: str, count: int = 1, uses: tuple[str, ...] = ()) -> Operator:
    """A function call."""
    return Operator(f"{function}({', '.join(f'{{{k}}}' for k in range(count))})", uses=uses)


def calls(words: str, prefix: str = "", count: int = 1, uses: tuple[str, ...] = ()) -> dict[str, Operator]:
    """Functions, by their names in the table; `name=other` where the language calls one by another name."""
    pairs = (word.partition("=")[::2] for word in words.split())
    return {name: call(prefix + (there or name), count, uses) for name, there in pairs}


def infix(signs: Mapping[str, str], *, truth: bool = False, truths: bool = False) -> dict[str, Operator]:
    """Operators between two operands, at the usual levels."""
    return {
        name: Operator(f"{{0}}{sign}{{1}}", LEVELS[name].own, LEVELS[name].operands, truth, (0, 1) if truths else ())
        for name, sign in signs.items()
    }


ARITHMETIC = {
    **infix({"add": " + ", "sub": " - ", "mul": "*", "div": "/"}),
    "neg": Operator("-{0}", SIGNED, (POWER,)),
}
COMPARISONS = infix({"lt": " < ", "le": " <= ", "gt": " > ", "ge": " >= ", "eq": " == ", "ne": " != "}, truth=True)
