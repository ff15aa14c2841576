"""What a session knows: variables with values, formulas with names, and functions. From these, and a line, comes the
program that the line means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from exprgrad.cli.line.bindings import Binding
from exprgrad.errors import ExprgradError, UsageError
from exprgrad.expression import Expression
from exprgrad.functions.table import FUNCTIONS, find
from exprgrad.graph.terms import DIFF
from exprgrad.syntax import Program, parse
from exprgrad.syntax.program import Assignment, Call, Code, Declaration, Definition, Formula, Result
from exprgrad.text.source import SourceText, Span

_COMMENT = re.compile(r"#.*")


class Bound(NamedTuple):
    """A variable that has a value."""

    text: str
    """As the command line takes it."""
    value: Binding


class Statement(NamedTuple):
    """A formula or a function of the session, and the names that it uses."""

    text: str
    uses: frozenset[str]


class Known:
    """Names, each of which means one thing: what it was given last. A function may be called like a variable."""

    def __init__(self) -> None:
        self.bound: dict[str, Bound] = {}
        self.formulas: dict[str, Statement] = {}
        self.functions: dict[str, Statement] = {}

    def bind(self, name: str, bound: Bound) -> None:
        """Give a variable a value."""
        self.formulas.pop(name, None)
        self.bound[name] = bound

    def formulate(self, name: str, statement: Statement) -> None:
        """Give a formula a name. Raises UsageError where it would depend on itself, ExprgradError for what it cannot
        mean."""
        formulas = {**self.formulas, name: statement}
        self._try(self.functions, formulas, name)
        self.bound.pop(name, None)
        self.formulas = formulas

    def define(self, name: str, operands: tuple[str, ...], statement: Statement) -> None:
        """Define a function. Raises as `formulate` does."""
        functions = {**self.functions, name: statement}
        self._try(functions, self.formulas, _called(name), f"\n{name}({', '.join(operands)})")
        self.functions = functions

    def forget(self, name: str) -> bool:
        """Whether there was something of this name, which is forgotten."""
        found = [kind.pop(name, None) for kind in (self.bound, self.formulas, self.functions)]
        return any(each is not None for each in found)

    def before(self, uses: Iterable[str]) -> list[str]:
        """The statements that stand before a text which uses these names."""
        return _ordered(self.functions, self.formulas, uses)

    def expression(self, text: str) -> Expression:
        """The expression that a text means here. Raises ExprgradError with the place in this text."""
        return _whole(self.before(uses_of(parse(text))), text)

    def values(self, expression: Expression) -> dict[str, Bound]:
        """The variables of an expression that have values here."""
        model, lowered = expression.model, expression.lowered
        names = dict.fromkeys([*expression.variables, *lowered.mentioned, *sorted(model.constants)])
        return {name: self.bound[name] for name in names if name in self.bound}

    def _try(self, functions: dict[str, Statement], formulas: dict[str, Statement], name: str, use: str = "") -> None:
        *before, last = _ordered(functions, formulas, [name])
        _whole(before, last, use)


def uses_of(program: Program) -> frozenset[str]:
    """The names that a program uses and does not have itself; those of functions as `f(`."""
    found: set[str] = set()
    for statement in program.statements:
        match statement:
            case Assignment(code=code) | Result(code=code):
                found |= _names(code)
            case Definition(operands=operands, code=code):
                found |= _names(code) - set(operands)
            case Formula(response=response, code=code):
                found |= _names(response) | _names(code)
            case Declaration(codes=codes):
                found |= {name for code in codes for name in _names(code)}
    return frozenset(found)


def without_comments(text: str) -> str:
    """A text with blanks for its comments, so that places in it stay where they are."""
    return _COMMENT.sub(lambda comment: " " * len(comment[0]), text)


def _names(code: Code) -> set[str]:
    calls = {term.function for term in code.terms if isinstance(term, Call)}
    own = {name for name in calls if name not in FUNCTIONS and find(name) is None and name != DIFF}
    return {*code.names(), *map(_called, own)}


def _called(name: str) -> str:
    return f"{name}("


def _ordered(functions: dict[str, Statement], formulas: dict[str, Statement], names: Iterable[str]) -> list[str]:
    """The texts of what these names need, each behind what it uses itself."""
    statements = {**formulas, **{_called(name): function for name, function in functions.items()}}
    needed: dict[str, list[str]] = {}
    waiting = sorted(name for name in names if name in statements)
    while waiting:
        name = waiting.pop(0)
        if name not in needed:
            needed[name] = sorted(used for used in statements[name].uses if used in statements)
            waiting += needed[name]
    try:
        return [statements[name].text for name in TopologicalSorter(needed).static_order()]
    except CycleError as error:
        first, *others = [name.removesuffix("(") for name in error.args[1]]
        through = " and ".join(dict.fromkeys(name for name in others if name != first))
        hint = f"it uses {through}, which uses {first}" if through else "it uses its own name"
        raise UsageError(f"{first} would depend on itself", hint=hint) from None


def _whole(before: list[str], text: str, after: str = "") -> Expression:
    """The expression of a text between other statements. Raises ExprgradError with its place in the text, where it is
    there."""
    whole = "\n".join([*before, text])
    start = len(whole) - len(text)
    try:
        return Expression(parse(whole + after))
    except ExprgradError as error:
        raise moved(error, start, text) from None


def moved(error: ExprgradError, start: int, text: str) -> ExprgradError:
    """An error with its place in the text that begins at `start` of its source, if it is there."""
    if error.source is not None and error.span is not None and error.span.start >= start:
        error.span = Span(error.span.start - start, error.span.end - start)
        error.source = SourceText(text)
    return error
