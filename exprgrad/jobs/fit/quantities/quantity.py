"""A quantity of each row, from the text of an option to a node: a number, a column, or an expression of columns."""

from __future__ import annotations

from collections.abc import Collection

from exprgrad.binding import Lowered
from exprgrad.errors import ExpressionError, UsageError
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import copied
from exprgrad.jobs.fit.request import Request
from exprgrad.syntax import parse


def said(request: Request) -> list[tuple[str, str]]:
    """The options that say a quantity, each with its text."""
    errors = (("sigma-x", request.sigma_x), ("sigma-xy", request.sigma_xy))
    found = [(option, str(text)) for option, quantities in errors for text in quantities.values()]
    response = (("sigma", request.sigma), ("weights", request.weights), ("trials", request.trials))
    return [*((option, text) for option, text in response if text is not None), *found]


def names_in(text: str) -> list[str]:
    """The columns that a quantity needs. Raises ExpressionError for a text that is neither a name nor an expression."""
    return [text] if text.isidentifier() else list(_lowered(text).variables)


def beside(request: Request, known: Collection[str] = ()) -> list[str]:
    """The columns that the options name, which need not be variables of the formula. A text is the header of a column
    where that is `known`, or where it is no expression."""
    found: list[str] = []
    for _, text in said(request):
        if text in known:
            found.append(text)
        else:
            try:
                found += names_in(text)
            except ExpressionError:
                found.append(text)
    return list(dict.fromkeys(found))


def check_clash(request: Request, variables: Collection[str], bound: Collection[str]) -> None:
    """Raises UsageError where the sigma or the weight is a number and the formula has a parameter of that name without
    a start, for which the number may have been meant."""
    for option, text, what in (
        ("sigma", request.sigma, "the standard deviation of the response"),
        ("weights", request.weights, "what its squares are multiplied with"),
    ):
        try:
            float(text or "no number")
        except ValueError:
            continue
        if option in variables and option not in bound:
            raise UsageError(f"{option} is a parameter of the formula, and {what}, too")


def node_of(graph: Graph, text: str, columns: Collection[str]) -> int:
    """The node of a quantity, added to the graph where it is new. Raises ExpressionError for a text that is neither a
    column nor an expression, UsageError for a name in it that is no column."""
    if text in columns or text.isidentifier():
        return graph.input(text)
    lowered = _lowered(text)
    model = lowered.model_for((), [name for name in columns if name in lowered.bindable])
    for name in model.graph.inputs():
        if name not in columns:
            raise UsageError(f"there is no column {name}, which {text} needs", hint="it may use columns and numbers")
    return copied(model.graph, graph, [model.output])[model.output]


def _lowered(text: str) -> Lowered:
    return Lowered(parse(text))
