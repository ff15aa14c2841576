"""`exprgrad functions`: what the function table says."""

from __future__ import annotations

import click

from exprgrad.cli.app import SETTINGS
from exprgrad.cli.options.option import SectionedCommand
from exprgrad.cli.options.results import Output, result_options
from exprgrad.errors import ExitCode, UsageError
from exprgrad.functions.table import ALIASES, FUNCTIONS, find
from exprgrad.functions.words import NAMES, word
from exprgrad.text.spelling import did_you_mean


@click.command("functions", cls=SectionedCommand, context_settings=SETTINGS)
@click.argument("name", required=False, shell_complete=lambda ctx, param, incomplete: _starting(incomplete))
@result_options(digits=False)
def command(name: str | None, output: Output) -> int:
    """The functions of the language, or all about one of them.

    \b
    exprgrad functions
    exprgrad functions gelu
    exprgrad functions --json
    """
    if name is None:
        output.show(list(FUNCTIONS.values()))
        return ExitCode.DONE
    function = find(name) or next((row for row in FUNCTIONS.values() if row.symbol == name), None)
    if function is None and (found := word(name)) is not None:
        output.show(found)
        return ExitCode.DONE
    if function is None:
        known = [*FUNCTIONS, *ALIASES, *NAMES]
        raise UsageError(f"unknown function {name!r}", hint=did_you_mean(name, known, template="'{}'"))
    output.show(function)
    return ExitCode.DONE


def _starting(incomplete: str) -> list[str]:
    return [name for name in [*FUNCTIONS, *ALIASES, *NAMES] if name.startswith(incomplete)]
