"""What --verbose says: what the configuration of the user gave to the command."""

from __future__ import annotations

import os

import click

from exprgrad.cli.config import place
from exprgrad.cli.output import to_stderr
from exprgrad.errors import shown


def say(ctx: click.Context) -> None:
    """Say it on stderr, unless the line is only completed."""
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
