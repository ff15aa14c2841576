"""The options that say how data files are read, as data. What none of them says is worked out from the first lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exprgrad.errors import UsageError

if TYPE_CHECKING:
    from exprgrad.data.read_options import ReadOptions

C = TypeVar("C", bound=Callable[..., Any])

_PREFIX = "read_"


def _option(flag: str, **how: Any) -> tuple[str, dict[str, Any]]:
    """An option, and how it is declared: keywords of `click.option`."""
    return flag, how


_OPTIONS = (
    _option("--data-format", metavar="NAME", help="csv, tsv, parquet, …, whatever the file is called."),
    _option("--delimiter", metavar="CHAR", help="What separates fields: ';', tab, or blanks for runs."),
    _option("--decimal", metavar="CHAR", help="The decimal mark of numbers: . or ,"),
    _option("--thousands", metavar="CHAR", help="What groups digits, as the , in 1,234.5"),
    _option("--percent", is_flag=True, default=None, help="Read 5 % as 0.05."),
    _option("--comment", metavar="TEXT", help="What lines begin with that are no rows; '' if all are."),
    _option("--skip-lines", type=click.IntRange(min=0), metavar="N", help="Lines to leave out at the start."),
    _option("--names", metavar="a,b,c", help="The names of the columns, where no line has them."),
    _option("--no-header", is_flag=True, default=None, help="No line has names: the columns are c1, c2, …"),
    _option("--header-row", is_flag=True, default=None, help="A line has the names, also where they are numbers."),
    _option("--missing", metavar="WORDS", help="Fields that hold no value, as 'NA,***,-'."),
    _option("--encoding", metavar="NAME", help="The character encoding, as latin-1 or utf-16."),
    _option("--time", multiple=True, metavar="COLUMN=UNIT", help="Count times since 1970 in seconds, days, …"),
    _option("--sheet", metavar="NAME", help="The sheet of a workbook, the table of a database."),
    _option("--query", metavar="SQL", help="Take what this asks of the files, the table data."),
)


class ReadingOption(click.Option):
    """One of them."""

    heading = "How data files are read"


def reading_options(command: C) -> C:
    """All of them; `reading` takes what they say."""
    for flag, how in reversed(_OPTIONS):
        command = click.option(flag, _PREFIX + _name(flag), cls=ReadingOption, **how)(command)
    return command


def reading(options: dict[str, Any]) -> dict[str, Any]:
    """What the line says, by name; taken out of a command's options."""
    said = {name: options.pop(_PREFIX + name, None) for name in (_name(flag) for flag, _ in _OPTIONS)}
    return {name: value for name, value in said.items() if value is not None and value != ()}


def flag_of(name: str) -> str:
    """The option of a name."""
    return f"--{name.replace('_', '-')}"


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


def _name(flag: str) -> str:
    return flag.removeprefix("--").replace("-", "_")


def by_heading(params: Iterable[click.Parameter]) -> dict[str, list[click.Parameter]]:
    """The options of a command by the headings under which the help shows them, their `heading` if they have one."""
    found: dict[str, list[click.Parameter]] = {"Options": []}
    for param in (param for param in params if isinstance(param, click.Option)):
        found.setdefault(getattr(param, "heading", "Options"), []).append(param)
    return found


class SectionedCommand(click.Command):
    """A command whose help shows some options after the others, under headings of their own."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, params in by_heading(self.get_params(ctx)).items():
            records = [record for param in params if (record := param.get_help_record(ctx)) is not None]
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)
