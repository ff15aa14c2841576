"""The option --verbose: what the configuration of the user gave to the command."""

from __future__ import annotations

import os

import click

from exprgrad.cli.config import place
from exprgrad.cli.options.option import OUTPUT, row
from exprgrad.cli.output import to_stderr
from exprgrad.errors import shown


def _say(ctx: click.Context) -> None:
    if ctx.resilient_parsing:
        return
    to_stderr(f"exprgrad: note: {shown(_given())}")


def _given() -> str:
    from exprgrad.cli.config.file import configured

    found = configured()
    if found is not None:
        return f"the configuration gives {found}"
    if place.VARIABLE in os.environ:
        return f"the configuration is turned off by {place.VARIABLE}"
    return f"there is no configuration: it would be {place.usual()}"


VERBOSE = row(
    "--verbose",
    heading=OUTPUT,
    is_flag=True,
    expose_value=False,
    callback=lambda ctx, _, wished: _say(ctx) if wished else None,
    help="Say on stderr which defaults come from the configuration.",
)
"""The command itself is told nothing of it."""
