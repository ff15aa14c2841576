"""Values and derivatives: `exprgrad.evaluate` and `gradient` as numbers and columns, `eval`, `diff`, `check` and
`explain` as results that show themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

from exprgrad.arguments import Binding, checked
from exprgrad.expression import Expression
from exprgrad.python.words import expression_of, own_words, sorted_words

if TYPE_CHECKING:
    from exprgrad.data.read import Table
    from exprgrad.jobs.check.result import Check
    from exprgrad.jobs.differentiate.result import Derivatives
    from exprgrad.jobs.evaluate.function import Result
    from exprgrad.jobs.evaluate.result import Evaluation
    from exprgrad.jobs.explain.result import Explanation


@overload
def evaluate(expression: str | Expression, /, **bindings: float) -> float: ...
@overload
def evaluate(expression: str | Expression, data: Table | None = None, /, **bindings: Binding) -> Result: ...
@checked
def evaluate(expression: str | Expression, data: Table | None = None, /, **bindings: Binding) -> Result:
    """The value of an expression: `exprgrad.evaluate("a*b + c", a=3, b=2, c=5)`. Where it has one number a row, a
    column: `df["z"] = exprgrad.evaluate("sqrt(x^2 + y^2)", df)`. See `Expression.evaluate`."""
    return expression_of(expression).evaluate(data, **bindings)


@overload
def gradient(expression: str | Expression, /, **bindings: float) -> dict[str, float]: ...
@overload
def gradient(expression: str | Expression, data: Table | None = None, /, **bindings: Binding) -> dict[str, Result]: ...
@checked
def gradient(expression: str | Expression, data: Table | None = None, /, **bindings: Binding) -> Mapping[str, Result]:
    """d value / d variable for each variable: `exprgrad.gradient("a*b + c", a=3, b=2, c=5)`; over columns a number a
    row. See `Expression.gradient`."""
    return expression_of(expression).gradient(data, **bindings)


@checked
def derivative(expression: str | Expression, wrt: str, order: int = 1) -> Expression:
    """The derivative with respect to a variable as a simplified expression. Raises ExpressionError and UsageError."""
    return expression_of(expression).derivative(wrt, order)


@checked
def eval(  # noqa: A001 - the name of the command
    expression: str | Expression,
    data: Table | None = None,
    /,
    *,
    wrt: Sequence[str] = (),
    order: int = 1,
    hessian: bool = False,
    jvp: Mapping[str, float] = MappingProxyType({}),
    all: bool = False,  # noqa: A002
    threads: int | None = None,
    backend: str = "auto",
    **bindings: Any,
) -> Evaluation:
    """The value of an expression and all of its derivatives, as a table: `exprgrad.eval("a*b + c", a=3, b=2, c=5)`.
    Variables without a value stay symbols.

    The columns of `data` are variables: of a data frame, a path, a dict; keywords that are variables win over them.
    `wrt` names columns to have the derivatives with respect to, too, `order` is the highest order of derivatives,
    `hessian` asks for the second derivatives with respect to each pair of variables, `jvp` for the derivative along a
    direction, `all` for a row for every node. Raises as `Expression.evaluate` does.
    """
    from exprgrad.backends.engine import Engine
    from exprgrad.binding import bind
    from exprgrad.data.tables import Given, taken
    from exprgrad.jobs.evaluate.request import Request
    from exprgrad.jobs.evaluate.run import evaluate as run

    parsed = expression_of(expression)
    words = sorted_words("eval", parsed, bindings, more=own_words(eval))
    parsed.lowered.check_wrt(parsed.model, (*wrt, *jvp))
    request = Request(all, False, order, hessian, dict(jvp), False, wrt)
    with taken(parsed.lowered, Given(data, words.bindings, None, words.reading)) as call:
        return run(*bind(parsed.lowered, call.bindings, call.source), request, Engine.of(backend, threads))


@checked
def diff(
    expression: str | Expression,
    /,
    wrt: Sequence[str] = (),
    *,
    order: int = 1,
    hessian: bool = False,
    **bindings: Any,
) -> Derivatives:
    """Derivatives as simplified expressions: `exprgrad.diff("x^2*sin(x)")`, with respect to all variables or to those
    in `wrt`. Variables that have values are replaced by them."""
    parsed = expression_of(expression)
    words = sorted_words("diff", parsed, bindings, more=own_words(diff))
    return parsed.derivatives(words.bindings, wrt, order=order, hessian=hessian)


@checked
def check(expression: str | Expression, /, *, wrt: Sequence[str] = (), order: int = 1, **bindings: float) -> Check:
    """Value and gradient against an independent computation at high precision; or the derivatives of an `order`, or
    those with respect to the variables in `wrt` alone. Needs mpmath. Raises as `Expression.check` does."""
    parsed = expression_of(expression)
    words = sorted_words("check", parsed, bindings, more=own_words(check))
    return parsed.check(wrt=wrt, order=order, **words.bindings)


@checked
def explain(
    expression: str | Expression, /, *, wrt: Sequence[str] = (), limit: int | None = None, **bindings: float
) -> Explanation:
    """Both passes over an expression, step by step: `exprgrad.explain("(a*b + c)*d", a=3, b=2, c=5, d=5)`; the backward
    one to the variables in `wrt`, by default to all. Raises as `Expression.explain` does."""
    parsed = expression_of(expression)
    words = sorted_words("explain", parsed, bindings, more=own_words(explain))
    return parsed.explain(words.bindings, wrt=wrt, limit=limit)
