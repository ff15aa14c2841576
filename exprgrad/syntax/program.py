"""What the parser hands on: a program, its statements, and their expressions as postfix code.

Postfix is the order in which an LALR parser reduces, and a stack machine can run it: so neither
building nor reading an expression ever recurses, however deep it is.
"""

# Annotations are evaluated, not kept as texts, which NamedTuple would compile one by one at every start.
from array import array
from typing import NamedTuple

from exprgrad.text.source import SourceText, Span


class Call(NamedTuple):
    """Apply a function (operators are functions too) to the topmost `arity` operands."""

    function: str
    arity: int


class Compare(NamedTuple):
    """A chain such as `a < b <= c`: n operators over the topmost n+1 operands."""

    functions: tuple[str, ...]


Term = float | str | Call | Compare
"""A number, a name, or an operation on what the terms before it left on the stack."""


class Code:
    """An expression in postfix order. `terms[i]` covers `starts[i]:ends[i]` of the source text."""

    __slots__ = ("ends", "starts", "terms")

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.starts = array("q")
        self.ends = array("q")

    def append(self, term: Term, start: int, end: int) -> None:
        self.terms.append(term)
        self.starts.append(start)
        self.ends.append(end)

    def span(self, index: int) -> Span:
        return Span(self.starts[index], self.ends[index])

    def names(self) -> dict[str, Span]:
        """The names used as values, in order of first use, each with the place of that use."""
        found: dict[str, Span] = {}
        for index, term in enumerate(self.terms):
            if type(term) is str and term not in found:
                found[term] = self.span(index)
        return found


class Result(NamedTuple):
    """An expression that stands alone: the program's result."""

    code: Code
    span: Span


class Assignment(NamedTuple):
    """`u = expression`: a named intermediate."""

    name: str
    code: Code
    span: Span


class Definition(NamedTuple):
    """`f(x, y) = expression`: a function of the user's."""

    name: str
    operands: tuple[str, ...]
    code: Code
    span: Span


class Declaration(NamedTuple):
    """`param w = 1 in [0, 2]` (trainable) or `input x = 3` (a default): constant expressions."""

    name: str
    trainable: bool
    codes: tuple[Code, ...]
    """The value, then for bounded parameters the lower and the upper bound."""
    span: Span


class Formula(NamedTuple):
    """`response ~ expression`: what is observed, and the model of it."""

    response: Code
    code: Code
    span: Span
    """Of the whole."""


Statement = Result | Formula | Assignment | Definition | Declaration


class Program(NamedTuple):
    """A parsed text."""

    source: SourceText
    statements: tuple[Statement, ...]
