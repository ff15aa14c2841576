"""A table as a row source: its columns under the names that an expression gives them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from exprgrad.errors import UnboundError, UsageError

if TYPE_CHECKING:
    from exprgrad.binding import Lowered
    from exprgrad.data.aliases import Names
    from exprgrad.data.batch import Column
    from exprgrad.data.table import Table


class TableSource:
    """The variables that are columns of a table: see `columns.rows.RowSource`."""

    rows: int | None = None
    """Not known before all are read."""

    def __init__(self, table: Table, columns: Mapping[str, str]) -> None:
        """`columns` gives the header of each variable. Raises UsageError where the table has no such column, DataError
        where it is missing in one of its files."""
        self.table = table
        self.columns = dict(columns)
        self.watch: Callable[[int], None] = lambda rows: None
        """Is told how many rows have been read so far."""
        table.check(list(self.columns.values()), UsageError)

    @property
    def names(self) -> Collection[str]:
        return self.columns.keys()

    def read(self, names: Sequence[str]) -> Iterator[dict[str, Column]]:
        headers = {name: self.columns[name] for name in names}
        rows = 0
        for batch in self.table.columns(list(dict.fromkeys(headers.values()))):
            yield {name: batch[header] for name, header in headers.items()}
            rows += len(next(iter(batch.values())))
            self.watch(rows)

    def place(self, row: int) -> str:
        return f"row {row + 1:,} of the data"


def bound_headers(
    lowered: Lowered,
    names: Names,
    chosen: Mapping[str, str],
    bound: Collection[str],
    more: Iterable[str] = (),
    over: Collection[str] = (),
) -> dict[str, str]:
    """The header of each variable of a program that is a column: the one that is `chosen` for it, by header, alias or
    position, else the one that is called so, unless the program declares it; and of the columns `more`. The variables
    `over` have values, which win over columns that are called so.

    Raises UsageError where a variable is `bound`, too, for a name that is no variable, and for one of `more` that is no
    column.
    """
    for name in chosen:
        if name not in lowered.variables and name not in lowered.model.constants:
            raise lowered.unknown(name)
    variables = set(lowered.variables)
    for name in dict.fromkeys((*bound, *over)):
        if name in chosen or (name in variables and name not in over and names.find(name) is not None):
            what = f"{name} is given a value and is a column of the data, too"
            raise UsageError(what, hint="leave out the value, or rename one of the two")
    own = _own(lowered)
    called = {name: names.find(name) for name in lowered.variables if name not in own and name not in over}
    found = {name: header for name, header in called.items() if header is not None}
    found |= {name: names.chosen(column) for name, column in chosen.items()}
    for name in more:
        if name in found:
            continue
        header = names.find(name)
        if header is None:
            near = names.near(name)
            hint = f"did you mean {names.shown(near)}?" if near else f"the columns are {names.listed()}"
            raise UsageError(f"there is no column {name}", hint=hint)
        found[name] = header
    return found


def _own(lowered: Lowered) -> dict[str, str]:
    """The names to which a program gives a meaning of its own, and what that is."""
    found = {parameter.name: "a parameter" for parameter in lowered.model.parameters}
    return found | dict.fromkeys(lowered.model.constants, "a constant")


def unread_notes(lowered: Lowered, names: Names, chosen: Collection[str], bound: Collection[str]) -> list[str]:
    """Notes on the columns that are called as what the program declares, and are not used therefore.

    Raises UsageError for a column that is called as a constant of the language, where a variable is more likely."""
    unread = {
        name: kind
        for name, kind in _own(lowered).items()
        if names.find(name) is not None and name not in chosen and name not in bound
    }
    for name in lowered.doubtful() if unread else ():
        if name in unread:
            from exprgrad.functions.table import CONSTANTS
            from exprgrad.graph.constants import INSTEAD

            what = f"{name} is the constant {CONSTANTS[name]:.6g} of the language, and a column of the data, too"
            hint = f"for the column, write --column {name}={name}; for the constant, {INSTEAD[name]} in the expression"
            raise UsageError(what, hint=hint)
    return [
        f"{name} is {kind} of the expression: the column {name} is used only with --column {name}={name}"
        for name, kind in unread.items()
    ]


_TRIED = 20
"""The most names without a column that are compared with all headers."""
_PAIRS = 200_000
"""Names times unused columns, beyond which no misspelt one is looked for: a second."""


def check_complete(lowered: Lowered, table: Table, columns: Mapping[str, str], bound: Iterable[str]) -> None:
    """Raises UnboundError for variables that are neither `bound` nor columns."""
    known = {*columns, *bound, *lowered.model.defaults}
    missing = [name for name in lowered.variables if name not in known]
    if missing:
        raise UnboundError(missing, "no value and no column", _where_they_are(missing, columns, table))


def _where_they_are(missing: list[str], columns: Mapping[str, str], table: Table) -> str:
    """A hint for the first name that is near a column, best near an unused one; else one that lists the columns."""
    unused = table.names.without(columns.values())
    for names in (unused, table.names):
        for name in missing[:_TRIED]:
            if (near := names.near(name)) is not None:
                return names.meant(name, near)
    return table.names.hint(missing[0])


def check_response(lowered: Lowered, source: TableSource, bound: Collection[str]) -> None:
    """Raises UsageError where a variable of the response of a formula is neither a column nor `bound`."""
    for name in lowered.observed:
        if name not in source.names and name not in bound:
            names = source.table.names
            near = names.near(name)
            hint = names.meant(name, near) if near else f"the columns of the data are {names.listed()}"
            raise UsageError(f"the response has no column {name}", hint=hint)


_USUAL = "abcdk"
"""First letters of most parameters."""


def no_columns(source: TableSource, parameters: Sequence[str]) -> str:
    """What is said of parameters that the data do not determine, where columns are unused: that they are no columns,
    and for which of them one may be meant. Empty where all columns are used."""
    unused = source.table.names.without(source.columns.values())
    if not unused.header or not parameters:
        return ""
    said = f"{', '.join(parameters)}: no column{'s' if len(parameters) > 1 else ''}"
    said += f"; the columns of the data are {source.table.names.listed()}"
    for name in parameters:
        usual = name[:1].lower() in _USUAL  # a, b and k are parameters more likely
        alike = [] if usual else [header for header in unused.header if header[:1].lower() == name[:1].lower()]
        if near := unused.near(name) or (alike[0] if len(alike) == 1 else None):
            return f"{said}; did you mean {unused.shown(near)} for {name}?"
    if len(unused.header) == 1:
        return f"{said}; did you mean {unused.shown(unused.header[0])} for one of them?"
    return said


def refuse_misspelt(
    lowered: Lowered, source: TableSource, said: Collection[str], start: Callable[[str], str] = "--{} VALUE".format
) -> None:
    """Raise UsageError for a variable that is near an unused column, and of which nobody `said` what it is: not by a
    value, not by an option that names parameters, nor in the program. `start` is how a variable is given a value."""
    known = {*source.names, *said, *lowered.model.defaults}
    free = [name for name in lowered.variables if name not in known]
    unused = source.table.names.without(source.columns.values())
    if len(free) * len(unused.header) > _PAIRS:
        return
    for name in free:
        near = unused.near(name)
        if near is not None:
            hint = f"{unused.meant(name, near)}; if {name} is a parameter, give it a start: {start(name)}"
            raise UsageError(f"there is no column {name}", hint=hint)
