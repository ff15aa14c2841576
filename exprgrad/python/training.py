"""`exprgrad.train`: gradient descent on an expression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack, overload

from exprgrad.arguments import KINDS, Binding, bounds, checked, names, text
from exprgrad.expression import Expression
from exprgrad.python.words import expression_of, sorted_words, told_of_clashes, warn_of_constants

if TYPE_CHECKING:
    from exprgrad.data.read import Table
    from exprgrad.jobs.train.options import TrainingOptions
    from exprgrad.jobs.train.result import Training


@overload  # so that programs which help to write know the options
def train(
    expression: str | Expression,
    bindings: Mapping[str, Binding] | Table = ...,
    params: Iterable[str] = ...,
    **options: Unpack[TrainingOptions],
) -> Training: ...
@overload
def train(
    expression: str | Expression,
    bindings: Mapping[str, Binding] | Table = ...,
    params: Iterable[str] = ...,
    **options: Any,
) -> Training: ...
@checked
def train(
    expression: str | Expression,
    bindings: Mapping[str, Binding] | Table = MappingProxyType({}),
    params: Iterable[str] = (),
    **options: Any,
) -> Training:
    """Minimize an expression by gradient descent: `exprgrad.train("mean((w*x + b - y)^2)", df, w=0, b=0, epochs=100)`.

    `bindings` are numbers and columns by the names of variables, or in their place a table, whose columns are
    variables: a data frame of pandas, polars or Arrow, a dict of columns, a path or several, what `exprgrad.read` gave.
    A table may also be `data`, beside bindings. Keywords that are variables are bindings, too; they win over columns
    of the same name. `params` are the names to train; by default those that the program declares with `param`, or
    over columns all variables that are neither columns nor in `fix`.

    Options are those of `Expression.train`, `threads` and `backend`, and `column` and the keywords of `exprgrad.read`,
    which say how a table is read. Raises ExpressionError, KeywordError with the keyword that was meant, and as
    `Expression.train` does.
    """
    from exprgrad.backends.engine import Engine
    from exprgrad.data.read import Wanted
    from exprgrad.data.tables import READING, Given, taken
    from exprgrad.jobs.train.options import TrainingOptions

    parsed = expression_of(expression)
    own = [name for name in TrainingOptions.__annotations__ if name not in READING]
    words = sorted_words("train", parsed, options, own, ["params"])
    fixed, held = names("fix", words.options.get("fix", ())), bounds("bound", words.options.get("bound", {}))
    said = (*params, *fixed, *held)
    if words.options.keys() & {"threads", "backend"}:
        count = KINDS["threads"]("threads", words.options.pop("threads", None))
        words.options["engine"] = Engine.of(text("backend", words.options.pop("backend", "auto")), count)
    given = Given(bindings, words.bindings, None, words.reading)
    clashes = told_of_clashes("train", parsed, words.options)
    with clashes, taken(parsed.lowered, given, Wanted(parameters=said)) as call:
        warn_of_constants(parsed, call.bindings, call.source)
        return parsed.train(call.bindings, params, data=call.source, **words.options)
