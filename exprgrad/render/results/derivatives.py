"""Derivatives: a row for each."""

from __future__ import annotations

from exprgrad.jobs.differentiate.result import Derivatives
from exprgrad.render.documents import Document
from exprgrad.render.naming import named, short
from exprgrad.render.sheet import Sheet, derivative


def sheets(result: Derivatives) -> list[Sheet]:
    """The variables that each derivative is with respect to, and the derivative."""
    rows = [(" ".join(names), derivative(formula.text)) for names, formula in result.formulas.items()]
    return [Sheet(("by", "derivative"), [*rows])]


def tables(result: Derivatives) -> list[Sheet]:
    """What L is, and each derivative under a name such as `dL/dx`."""
    name, _ = named("", expression=result.expression)
    rows = [(_slope(name, names), derivative(formula.text)) for names, formula in result.formulas.items()]
    return [Sheet(("name", "expression"), [(name, short(result.expression)), *rows])]


def _slope(name: str, variables: tuple[str, ...]) -> str:
    """`dL/dx`, `d2L/dx2`, `d2L/dxdy`."""
    order = len(variables)
    if order == 1:
        return f"d{name}/d{variables[0]}"
    once = len(set(variables)) == 1
    return f"d{order}{name}/{f'd{variables[0]}{order}' if once else ''.join(f'd{x}' for x in variables)}"


def document(result: Derivatives) -> Document:
    """The expression and its derivatives."""
    return {"expression": result.expression, "derivatives": lines(result)}


def lines(result: Derivatives) -> list[Document]:
    """A document for each derivative."""
    return [{"by": list(names), **formula._asdict()} for names, formula in result.formulas.items()]
