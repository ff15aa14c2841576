"""`exprgrad columns`: what data files hold."""

from __future__ import annotations

from typing import Any

import click

from exprgrad.cli.app import SETTINGS
from exprgrad.cli.line.source import is_piped
from exprgrad.cli.options.data import opened
from exprgrad.cli.options.files import InputFile
from exprgrad.cli.options.option import SectionedCommand, take
from exprgrad.cli.options.reading import reading, reading_options
from exprgrad.cli.options.results import QUIET, VERBOSE, Output, result_options
from exprgrad.errors import ExitCode, UsageError
from exprgrad.render.progress import Bar


@click.command("columns", cls=SectionedCommand, context_settings=SETTINGS)
@click.argument("files", nargs=-1, type=InputFile(), metavar="FILE...")
@result_options()
@take(QUIET, VERBOSE)
@reading_options
def command(files: tuple[str, ...], *, output: Output, quiet: bool, **options: Any) -> int:
    """What data files hold: columns, types, missing values, extremes, first rows.

    \b
    exprgrad columns data.csv
    exprgrad columns data.csv --delimiter ';' --decimal ,
    cat data.csv | exprgrad columns --json

    These are the columns that --data FILE gives to an expression: header and alias, which is what an expression
    can call a column whose header is no name, the type, how many rows have no value, the least and the greatest
    number. How the files are read is noted on stderr. Several files are one table; - is standard input.
    """
    said = reading(options)
    if not files and not is_piped():
        raise UsageError("there are no data", hint="name a file, or pipe one in")
    table = opened(files or ("-",), said, option="exprgrad columns")
    from exprgrad.jobs.columns.describe import describe

    with Bar(None, quiet=quiet) as bar:
        result = describe(table, lambda rows: bar(rows, f"{rows:,} rows"))
    output.show(result)
    return ExitCode.DONE
