"""Which variables of an expression are columns of the data: by the header, and by `--column NAME=HEADER`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from exprgrad.cli.output import note
from exprgrad.errors import UsageError
from exprgrad.expression import Expression

if TYPE_CHECKING:
    from exprgrad.data.source import TableSource
    from exprgrad.data.table import Table


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
    from exprgrad.data.source import TableSource, bound_headers, check_complete, unread_notes

    lowered, chosen = expression.lowered, chosen_columns(settings)
    columns = bound_headers(lowered, table.names, chosen, bound, more)
    for message in unread_notes(lowered, table.names, chosen, bound):
        note(message)
    if not free:
        check_complete(lowered, table, columns, bound)
    return TableSource(table, columns)


def chosen_columns(settings: Iterable[str]) -> dict[str, str]:
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
