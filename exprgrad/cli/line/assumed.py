"""What a run assumes of the names in an expression, where nobody said it: which are parameters, and which are columns.

It is said in a note. A name that is near an unused column is an error: see `data.source.refuse_misspelt`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.output import note

if TYPE_CHECKING:
    from exprgrad.data.source import TableSource
    from exprgrad.expression import Expression

_USED, _UNUSED = 12, 5
"""How many names a note lists: of parameters and columns, and of unused columns."""


class Assumed(NamedTuple):
    """The columns of a run, to be said with its parameters once these are known."""

    columns: tuple[str, ...] = ()
    """The variables that are columns, each with its header where that is another: `t=Time (s)`."""
    unused: tuple[str, ...] = ()
    """The headers of the others."""
    said: Collection[str] = ()
    """The parameters that the user named, in the program or by options."""

    def without(self, used: Collection[str]) -> Assumed:
        """The same where these columns are used for something else."""
        return self._replace(unused=tuple(header for header in self.unused if header not in used))

    def note(self, parameters: Sequence[str]) -> None:
        """Say what is assumed; nothing where there are no columns and the user named all parameters."""
        if not (self.columns or self.unused) and all(name in self.said for name in parameters):
            return
        parts = {
            "parameters": _listed(parameters, _USED),
            "columns": _listed(self.columns, _USED),
            "unused": _listed(self.unused, _UNUSED),
        }
        note("; ".join(f"{what} {names}" for what, names in parts.items() if names))


def note_constants(expression: Expression, given: Collection[str]) -> None:
    """Say which constants of the language stand where a parameter is more likely; `given` are names with a value or a
    column."""
    for message in expression.lowered.constant_notes(given):
        note(message)


def assumed(values: dict[str, Binding], source: TableSource | None, said: Collection[str] = ()) -> Assumed:
    """Of values, of which lists are columns, or of the columns of a table."""
    if source is None:
        return Assumed(tuple(name for name, value in values.items() if isinstance(value, list)), said=said)
    columns = (name if name == header else f"{name}={header}" for name, header in source.columns.items())
    return Assumed(tuple(columns), tuple(source.table.names.without(source.columns.values()).header), said)


def start_option(name: str, text: str = "VALUE") -> str:
    """The option that gives a variable this value: one that is named like an option of the command goes with -s."""
    own = {option for param in click.get_current_context().command.params for option in param.opts}
    return f"-s {name}={text}" if f"--{name}" in own else f"--{name} {text}"


def _listed(names: Iterable[str], limit: int) -> str:
    """The first names, and how many there are more; a single one more is listed, too."""
    every = list(names)
    if len(every) <= limit + 1:
        return ", ".join(every)
    return f"{', '.join(every[:limit])} and {len(every) - limit:,} more"
