"""The keywords of a call: options of the function, how a table is read, and variables of the expression, told apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from exprgrad.columns.rows import RowSource
from exprgrad.data.read import is_table, warn
from exprgrad.data.tables import READING
from exprgrad.errors import UsageError
from exprgrad.expression import Expression, parse
from exprgrad.keywords import unknown


class Words(NamedTuple):
    """Keywords, sorted."""

    options: dict[str, Any]
    reading: dict[str, Any]
    """How a table is read."""
    bindings: dict[str, Any]
    """Numbers and columns of variables."""


def sorted_words(
    function: str,
    expression: Expression,
    given: Mapping[str, Any],
    own: Collection[str] = (),
    more: Collection[str] = (),
) -> Words:
    """The keywords that were `given`, of which `own` are options of the function; `more` are others that it has, for
    messages. An option wins over a variable of its name, which a dict of bindings takes. Raises KeywordError."""
    lowered = expression.lowered
    variables = {*lowered.bindable, *lowered.model.intermediates}
    found = Words({}, {}, {})
    for name, value in given.items():
        if name in own:
            found.options[name] = value
        elif name in variables:
            found.bindings[name] = value
        elif name in READING:
            found.reading[name] = value
        else:
            free = [variable for variable in lowered.variables if variable not in lowered.observed]
            raise unknown(function, name, [*more, *own, *READING], lowered.variables, free)
    return found


@contextmanager
def told_of_clashes(function: str, expression: Expression, options: Iterable[str]) -> Iterator[None]:
    """Within it, an error says which of these options are variables of the expression, too: one may have been meant."""
    try:
        yield
    except UsageError as error:
        clash = next((name for name in options if name in expression.variables), None)
        if clash is not None and not error.hint:
            error.hint = f'{clash} is an option; the variable goes into a dict: {function}(…, {{"{clash}": 1}}, data=…)'
        raise


def warn_of_constants(expression: Expression, given: Collection[str], source: RowSource | None) -> None:
    """Warn of constants of the language that stand where a parameter is more likely, and are `given` no value."""
    warn(expression.lowered.constant_notes({*given, *(source.names if source is not None else ())}))


def own_words(function: Callable[..., Any]) -> list[str]:
    """The keywords that a function declares."""
    code = getattr(function, "__wrapped__", function).__code__
    first = code.co_posonlyargcount
    return list(code.co_varnames[first : code.co_argcount + code.co_kwonlyargcount])


def expression_of(expression: str | Expression, *, formula: bool = False) -> Expression:
    """An expression that is given as a text, or as what `exprgrad.parse` made of one. Raises UsageError for others:
    a data frame comes after the expression."""
    if is_table(expression) and not isinstance(expression, str):
        raise UsageError("the expression comes first, then the table", hint='as in exprgrad.fit("y ~ a*x + b", df)')
    return expression if isinstance(expression, Expression) else parse(expression, formula=formula)
