"""A session without a terminal: each line gives an answer, and may change what is known.

A line is what `eval` takes, with the names of earlier lines: an expression, `a = 3`, `b = 2*a`, `f(x) = a*x^2`; several
with `;` between. A name that is given a number is a variable: results have derivatives with respect to it. One that is
given a formula follows the variables in it. `ans` is the last result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.cli.config.digits import digits_of
from exprgrad.cli.line.bindings import binding
from exprgrad.cli.output import to_terminal
from exprgrad.cli.repl.known import Bound, Known, Statement, moved, uses_of, without_comments
from exprgrad.columns.values import Value
from exprgrad.errors import ExprgradError, UsageError
from exprgrad.functions.table import CONSTANTS
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation
from exprgrad.jobs.evaluate.run import evaluate
from exprgrad.render.formats import render
from exprgrad.render.sheet import DIGITS, cell_text
from exprgrad.syntax import parse
from exprgrad.syntax.program import Assignment, Declaration, Definition

ANS = "ans"
"""The last result."""
_LIST = re.compile(r"\s*([^\W\d]\w*)\s*=\s*([^=].*)", re.DOTALL)
"""A name and what may be a list or a range, which are no expressions."""


class Answer(NamedTuple):
    """What a line gives."""

    text: str = ""
    notes: tuple[str, ...] = ()
    error: ExprgradError | None = None
    """What is wrong; its place is one in the line."""
    run: tuple[str, ...] = ()
    """The arguments of a command of `exprgrad` that is to be run."""
    ends: bool = False
    """Whether the session is over."""


class Said(NamedTuple):
    """A text that had a value, with what it needed then."""

    program: str
    """The text behind the formulas and functions that it uses, in one line."""
    bound: dict[str, Bound]
    """The variables that had values."""


class Session:
    """What was said so far."""

    def __init__(self) -> None:
        self.known = Known()
        self.digits: int | None = None
        self.last: Said | None = None

    def answer(self, line: str) -> Answer:
        """The answer to a line. Of several statements the values of all are shown, up to the first mistake."""
        texts: list[str] = []
        notes: list[str] = []
        for start, part in _parts(without_comments(line)):
            try:
                text, more = self._statement(part)
            except ExprgradError as error:
                return Answer("".join(texts), tuple(notes), _placed(error, part, start, line))
            texts.append(text)
            notes += more
        return Answer("".join(texts), tuple(notes))

    def said(self, text: str) -> Said:
        """A text as it is understood now. Raises ExprgradError."""
        bound = self.known.values(self.known.expression(text))
        return Said("; ".join([*self.known.before(uses_of(parse(text))), " ".join(text.split())]), bound)

    def rows_of(self, formula: str) -> dict[str, Bound]:
        """The columns that a formula of a fit uses. Raises ExprgradError."""
        uses = uses_of(parse(formula))
        return {name: each for name, each in self.known.bound.items() if name in uses and isinstance(each.value, list)}

    def evaluate(self, text: str) -> Evaluation:
        """The value and the derivatives of a text. Raises ExprgradError."""
        expression = self.known.expression(text)
        values = {name: value for name, (_, value) in self.known.values(expression).items()}
        model, inputs = bind(expression.lowered, values)
        return evaluate(model, inputs, Request(), Engine())

    def _statement(self, text: str) -> tuple[str, tuple[str, ...]]:
        """What is shown of a statement, and notes."""
        try:
            program = parse(text)
        except ExprgradError:
            if (column := self._list(text)) is not None:
                return column, ()
            raise
        uses = uses_of(program)
        statement = program.statements[0] if program.statements else None
        match statement:
            case Definition(name=name, operands=operands):
                self.known.define(name, operands, Statement(" ".join(text.split()), uses))
                return "", ()
            case Assignment(name=name) | Declaration(name=name):
                return self._assign(name, text, uses)
            case None:
                return "", ()
        if ANS in uses and ANS not in self.known.bound and ANS not in self.known.formulas:
            raise UsageError("there is no result yet that ans could be")
        found = self.evaluate(text)
        self.last = self.said(text)
        self._remember(found.rows[-1].value)
        return self.shown(found), found.notes

    def _assign(self, name: str, text: str, uses: frozenset[str]) -> tuple[str, tuple[str, ...]]:
        """Give a name a number, where the text computes one by itself, or a formula."""
        if name == ANS:
            raise UsageError("ans is the last result", hint="choose another name")
        right = re.sub(r"\s+in\s*\[.*", "", text.partition("=")[2]).strip()
        free = {used for used in uses if used not in CONSTANTS or used in self.known.bound}
        if not free or name in free:
            value = self._number(right)
            written = right if not free else cell_text(value)
            self.known.bind(name, Bound(written, value))
            return f"{name} = {cell_text(value, self._digits())}\n", ()
        self.known.formulate(name, Statement(f"{name} = {' '.join(right.split())}", uses))
        found, self.last = self.evaluate(name), self.said(name)
        return self.shown(found), found.notes

    def _number(self, text: str) -> float | list[float]:
        """The value of a text, which has to be known. Raises UsageError for a variable without a value."""
        found = self.evaluate(text)
        if found.unbound:
            missing = found.unbound[0]
            raise UsageError(f"{missing} has no value yet", hint=f"write {missing} = 1, for example, first")
        value = found.rows[-1].value
        assert not isinstance(value, str)
        return value if isinstance(value, float) else [float(number) for number in value]

    def _list(self, text: str) -> str | None:
        """What is shown where a name is given a list or a range; None for what is none."""
        match = _LIST.fullmatch(text)
        if match is None or not re.search("[,:]", match[2]) or match[1] == ANS:
            return None
        try:
            value = binding(match[2].strip(), match[1])
        except ExprgradError:
            return None
        if isinstance(value, float):
            return None
        self.known.bind(match[1], Bound(match[2].strip(), value))
        return f"{match[1]} = {len(value)} numbers\n"

    def _remember(self, value: Value) -> None:
        """Let `ans` be the last result: a number, a column, or a formula."""
        if isinstance(value, str):
            self.known.bound.pop(ANS, None)
            self.known.formulas[ANS] = Statement(f"{ANS} = {value}", uses_of(parse(value)))
        else:
            numbers = value if isinstance(value, float) else [float(number) for number in value]
            self.known.bind(ANS, Bound(cell_text(numbers), numbers))

    def shown(self, found: Evaluation) -> str:
        """A result as it is shown: its table; a number alone where it depends on nothing."""
        if len(found.rows) > 1:
            return render(found, "table", self.digits or digits_of("table", None))
        return cell_text(found.rows[-1].value, self._digits()) + "\n"

    def _digits(self) -> int | None:
        return self.digits or digits_of("table", None) or (DIGITS if to_terminal() else None)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The statements of a text, each with where it begins: they end at `;` and, outside of brackets, with the line."""
    start = depth = 0
    for end, character in enumerate(f"{text}\n"):
        depth += (character in "([") - (character in ")]")
        if character == ";" or (character == "\n" and (depth <= 0 or end == len(text))):
            if text[start:end].strip():
                yield start, text[start:end]
            start, depth = end + 1, 0


def _placed(error: ExprgradError, part: str, start: int, line: str) -> ExprgradError:
    """An error in a part of a line, with its place in the line."""
    return moved(error, -start, line) if error.source is not None and error.source.text == part else error
