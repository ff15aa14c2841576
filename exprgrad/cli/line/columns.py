"""Which variables of an expression are columns of the data: by the header, and by `--column NAME=HEADER`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from exprgrad.cli.output import note
from exprgrad.errors import UnboundError, UsageError
from exprgrad.expression import Expression

if TYPE_CHECKING:
    from exprgrad.data.source import TableSource
    from exprgrad.data.table import Table

_TRIED = 20
"""The most names without a column that are compared with all headers."""


def bind_columns(
    expression: Expression,
    table: Table,
    settings: Iterable[str],
    bound: Collection[str],
    *,
    free: bool = False,
    more: Iterable[str] = (),
) -> TableSource:
    """The variables that are columns of the table: those that its header has, and those that the `settings` name,
    texts `NAME=HEADER`, which --column gives; and the columns `more`, which are no variables.

    Raises UsageError for a variable that is both bound and a column, or neither (unless some may be `free`).
    """
    from exprgrad.data.source import TableSource, bound_headers

    names, chosen = table.names, _chosen(settings)
    columns = bound_headers(expression.lowered, names, chosen, bound, more)
    kept = {parameter.name: "a parameter" for parameter in expression.model.parameters}
    kept |= dict.fromkeys(expression.model.constants, "a constant")
    for name, kind in kept.items():
        if names.find(name) is not None and name not in chosen and name not in bound:
            note(f"{name} is {kind} of the expression: the column {name} is used only with --column {name}={name}")
    known = {*columns, *bound, *expression.model.defaults}
    missing = [name for name in expression.variables if name not in known]
    if missing and not free:
        raise UnboundError(missing, "no value and no column", _where_they_are(missing, columns, table))
    return TableSource(table, columns)


def _where_they_are(missing: list[str], columns: Mapping[str, str], table: Table) -> str:
    """A hint for the first name that is near a column, best near an unused one; else one that lists the columns."""
    unused = table.names.without(columns.values())
    for names in (unused, table.names):
        for name in missing[:_TRIED]:
            if (near := names.near(name)) is not None:
                return names.meant(name, near)
    return table.names.hint(missing[0])


def _chosen(settings: Iterable[str]) -> dict[str, str]:
    """The column that each `NAME=HEADER` gives to a variable."""
    columns: dict[str, str] = {}
    for setting in settings:
        name, equals, column = setting.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--column takes NAME=HEADER, not {setting!r}")
        if name in columns:
            raise UsageError(f"--column gives {name} twice")
        columns[name] = column
    return columns
