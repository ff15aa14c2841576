"""The options that say how data files are read, as data. What none of them says is worked out from the first lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from exprgrad.cli.options.option import READING, Row, Whole, flag_of, row, take
from exprgrad.errors import UsageError

if TYPE_CHECKING:
    from exprgrad.data.read_options import ReadOptions

_PREFIX = "read_"


def _row(flag: str, **how: Any) -> Row:
    """An option that says how files are read."""
    return row(flag, field=_PREFIX + flag.removeprefix("--").replace("-", "_"), heading=READING, **how)


_ROWS = (
    _row("--data-format", metavar="NAME", help="csv, tsv, parquet, …, whatever the file is called."),
    _row("--delimiter", metavar="CHAR", help="What separates fields: ';', tab, or blanks for runs."),
    _row("--decimal", metavar="CHAR", help="The decimal mark of numbers: . or ,"),
    _row("--thousands", metavar="CHAR", help="What groups digits, as the , in 1,234.5"),
    _row("--percent", is_flag=True, default=None, help="Read 5 % as 0.05."),
    _row("--comment", metavar="TEXT", help="What lines begin with that are no rows; '' if all are."),
    _row("--skip-lines", type=Whole(), help="Lines to leave out at the start."),
    _row("--names", metavar="a,b,c", help="The names of the columns, where no line has them."),
    _row("--no-header", is_flag=True, default=None, help="No line has names: the columns are c1, c2, …"),
    _row("--header-row", is_flag=True, default=None, help="A line has the names, also where they are numbers."),
    _row("--missing", metavar="WORDS", help="Fields that hold no value, as 'NA,***,-'."),
    _row("--encoding", metavar="NAME", help="The character encoding, as latin-1 or utf-16."),
    _row("--time", multiple=True, metavar="COLUMN=UNIT", help="Count times since 1970 in seconds, days, …"),
    _row("--sheet", metavar="NAME", help="The sheet of a workbook, the table of a database."),
    _row("--query", metavar="SQL", help="Take what this asks of the files, the table data."),
)

reading_options = take(*_ROWS)
"""All of them; `reading` takes what they say."""


def is_of_reading(param: click.Parameter) -> bool:
    """Whether an option is one of them."""
    return (param.name or "").startswith(_PREFIX)


def reading(options: dict[str, Any]) -> dict[str, Any]:
    """What the line says, by name; taken out of a command's options."""
    said = {each.field.removeprefix(_PREFIX): options.pop(each.field, None) for each in _ROWS}
    return {name: value for name, value in said.items() if value is not None and value != ()}


def read_options(said: Mapping[str, Any]) -> ReadOptions:
    """What is said about files, checked. Raises UsageError for a wrong value."""
    from exprgrad.data.choices import read_options as checked

    said = {name: value for name, value in said.items() if name != "query"}
    if said.pop("no_header", False):
        said["header"] = False
        if said.pop("header_row", False):
            raise UsageError("--no-header and --header-row contradict each other", hint="give one of them")
    if said.pop("header_row", False):
        said["header"] = True
    if "time" in said:
        said["time"] = dict(map(_unit, said["time"]))
    return checked(said, flag_of)


def _unit(text: str) -> tuple[str, str]:
    """A column and its unit in a text such as `date=days`."""
    column, equals, unit = text.rpartition("=")
    if not equals or not column:
        hint = "for example --time date=days; the variable time is bound with -s time=VALUE"
        raise UsageError(f"--time takes COLUMN=UNIT, not {text!r}", hint=hint)
    return column, unit
