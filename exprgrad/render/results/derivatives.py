"""Derivatives: a row for each."""

from __future__ import annotations

from exprgrad.jobs.differentiate.result import Derivatives
from exprgrad.notation.result import slope_name
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
    rows = [(slope_name(name, names), derivative(formula.text)) for names, formula in result.formulas.items()]
    return [Sheet(("name", "expression"), [(name, short(result.expression)), *rows])]


def latex(result: Derivatives, digits: int | None = None) -> str:
    """A line for each derivative; where there are several, each line says with respect to which variables. Formulas
    keep all digits."""
    if len(result.formulas) == 1:
        return "".join(f"{formula.latex}\n" for formula in result.formulas.values())
    from exprgrad.notation.latex import derivative as slope

    return "".join(f"{slope('L', names)} = {formula.latex}\n" for names, formula in result.formulas.items())


def document(result: Derivatives) -> Document:
    """The expression and its derivatives."""
    return {"expression": result.expression, "derivatives": lines(result)}


def lines(result: Derivatives) -> list[Document]:
    """A document for each derivative."""
    formulas = result.formulas.items()
    return [{"by": list(names), "text": formula.text, "latex": formula.latex} for names, formula in formulas]
