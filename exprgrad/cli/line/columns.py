"""Which variables of an expression are columns of the data: by the header, and by `--column NAME=HEADER`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from exprgrad.cli.output import note
from exprgrad.errors import UnboundError, UsageError
from exprgrad.expression import Expression
from exprgrad.text.escapes import visible
from exprgrad.text.spelling import nearest

if TYPE_CHECKING:
    from exprgrad.data.source import TableSource
    from exprgrad.data.table import Table

_TRIED = 20
"""The most names without a column that are compared with all headers."""


def bind_columns(
    expression: Expression,
    table: Table,
    chosen: Iterable[str],
    bound: Collection[str],
    *,
    free: bool = False,
    more: Iterable[str] = (),
) -> TableSource:
    """The variables that are columns of the table: those that its header has, and those that are `chosen` by texts
    `NAME=HEADER`, which --column gives; and the columns `more`, which are no variables.

    Raises UsageError for a variable that is both bound and a column, or neither (unless some may be `free`).
    """
    from exprgrad.data.source import TableSource

    header = set(table.header)
    headers = _headers(expression, chosen)
    variables = set(expression.variables)
    for name in dict.fromkeys(bound):
        if name in headers or (name in variables and name in header):
            what = f"{name} is given a value and is a column of the data, too"
            raise UsageError(what, hint="leave out the value, or rename one of the two")
    kept = {parameter.name: "a parameter" for parameter in expression.model.parameters}
    kept |= dict.fromkeys(expression.model.constants, "a constant")
    for name, kind in kept.items():
        if name in header and name not in headers and name not in bound:
            note(f"{name} is {kind} of the expression: the column {name} is used only with --column {name}={name}")
    columns = {name: name for name in expression.variables if name in header and name not in kept} | headers
    known = {*columns, *bound, *expression.model.defaults}
    missing = [name for name in expression.variables if name not in known]
    columns |= {name: name for name in more if name not in columns}
    if missing and not free:
        raise UnboundError(missing, "no value and no column", table.doubt or _where_they_are(missing, columns, table))
    return TableSource(table, columns)


def _where_they_are(missing: list[str], columns: Mapping[str, str], table: Table) -> str:
    """A hint for the first name that is near a column, best near an unused one; else one that lists the columns."""
    used = set(columns.values())
    unused = [header for header in table.header if header not in used]
    for headers in (unused, list(table.header)):
        for name in missing[:_TRIED]:
            if (near := meant(name, headers)) is not None:
                return named_column(name, near)
    return where_it_is(missing[0], list(table.header))


def where_it_is(name: str, header: list[str]) -> str:
    """A hint that names the column which a variable most likely means, else the columns that there are."""
    near = meant(name, header)
    if near is not None:
        return named_column(name, near)
    listed = ", ".join(visible(column) for column in header[:12]) + (", …" if len(header) > 12 else "")
    return f"give --{name} VALUE; the columns of the data are {listed}"


def meant(name: str, header: list[str]) -> str | None:
    """The column that a name most likely means, if any comes near."""
    same = (column for column in header if column.strip().lower() == name.lower())
    return next(same, None) or nearest(name, header)


def named_column(name: str, header: str) -> str:
    """The hint that a variable means this column, and how to make it stand for it."""
    mapped = f'--column "{name}={visible(header)}"'
    if header.isidentifier():
        return f"did you mean {header}? (or {mapped})"
    return f'the data have a column "{visible(header)}": {mapped}'


def _headers(expression: Expression, settings: Iterable[str]) -> dict[str, str]:
    """The header that each `NAME=HEADER` gives to a variable."""
    columns: dict[str, str] = {}
    for setting in settings:
        name, equals, header = setting.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--column takes NAME=HEADER, not {setting!r}")
        if name not in expression.variables and name not in expression.model.constants:
            raise expression.lowered.unknown(name)
        if name in columns:
            raise UsageError(f"--column gives {name} twice")
        columns[name] = header
    return columns
