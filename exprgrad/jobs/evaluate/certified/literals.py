"""The decimal numbers that the literals of a program are, where they do not mean their floats."""

from __future__ import annotations

from exprgrad.backends.balls.prove import Given
from exprgrad.errors import UsageError
from exprgrad.graph.lower import lower
from exprgrad.syntax import Code, Program, parse
from exprgrad.syntax.program import Declaration, Formula, Result
from exprgrad.text.source import SourceText


def literals(program: Program) -> dict[float, str]:
    """For each float in a program the literal that it stands for. Raises UsageError where two that differ are one
    float: the graph cannot tell them apart."""
    found: dict[float, str] = {}
    for statement in program.statements:
        codes = list(statement.codes) if isinstance(statement, Declaration) else [statement.code]
        for code in [*codes, *([statement.response] if isinstance(statement, Formula) else [])]:
            _collect(program, code, found)
    return found


def _collect(program: Program, code: Code, found: dict[float, str]) -> None:
    for index, term in enumerate(code.terms):
        if isinstance(term, float):
            span = code.span(index)
            text = program.source.text[span.start : span.end].strip().replace("_", "")
            before = found.setdefault(term, text)
            if before != text and not same(before, text):
                raise UsageError(f"{before} and {text} are one float", hint="give one of them as a variable")


def same(one: str, other: str) -> bool:
    """Whether two literals are the same decimal number."""
    from fractions import Fraction

    return Fraction(one) == Fraction(other)


def declared(source: SourceText) -> dict[str, Program]:
    """The values that a program itself gives to variables, as programs."""
    found: dict[str, Program] = {}
    for statement in parse(source.text).statements:
        if isinstance(statement, Declaration):
            found[statement.name] = Program(source, (Result(statement.codes[0], statement.span),))
    return found


def given(program: Program) -> Given:
    """A constant expression with the decimal numbers that are its literals."""
    model = lower(program)
    return Given(model.graph, model.output, literals(program))
