"""A line of a session as a command for a shell."""

from __future__ import annotations

import shlex

import click

from exprgrad.cli.commands.eval import command as evaluation
from exprgrad.cli.repl.known import Bound
from exprgrad.cli.repl.session import Said


def shell(said: Said) -> str:
    """The command that gives the value of a text, as a line to be copied."""
    return shlex.join(["exprgrad", "eval", said.program, *options(said.bound, evaluation)])


def options(bound: dict[str, Bound], command: click.Command) -> list[str]:
    """The options that bind variables; by -s those that are called like an option."""
    own = {name for param in command.params for name in param.opts} | {"--help"}
    return [
        word
        for name, (text, _) in bound.items()
        for word in (["-s", f"{name}={text}"] if f"--{name}" in own else [f"--{name}", text])
    ]
