"""`exprgrad help`: how a command is used."""

from __future__ import annotations

import click

from exprgrad.cli.app import COMMANDS, SETTINGS
from exprgrad.cli.output import emit
from exprgrad.errors import ExitCode


@click.command("help", context_settings=SETTINGS)
@click.argument(
    "name", metavar="[COMMAND]", required=False, shell_complete=lambda ctx, param, incomplete: _starting(incomplete)
)
@click.pass_context
def command(ctx: click.Context, name: str | None) -> int:
    """How a command is used, or the whole program.

    \b
    exprgrad help
    exprgrad help eval
    """
    root = ctx.find_root()
    if name is None:
        emit(root.get_help() + "\n")
        return ExitCode.DONE
    assert isinstance(root.command, click.Group)
    _, found, _ = root.command.resolve_command(root, [name])
    assert found is not None
    emit(found.context_class(found, info_name=name, parent=root, **found.context_settings).get_help() + "\n")
    return ExitCode.DONE


def _starting(incomplete: str) -> list[str]:
    return [name for name in COMMANDS if name.startswith(incomplete)]
