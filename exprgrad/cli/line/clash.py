"""Variables that are named like an option of the command: what is said of an option that was meant for the variable.

`--sigma 2` gives the option its value, and a parameter that is called sigma, too, goes without. So an error that the
value causes, or the result that it does not change, comes with how to bind the variable.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

import click
from click.core import ParameterSource

from exprgrad.cli.output import note

_FILES = {"data", "output", "predict", "residuals", "report"}
"""Options that take a file: one that is named by a number is hardly meant."""
_SHORT = 30
"""Characters of a value that is repeated in a message."""


def collision(command: click.Command, names: Sequence[str]) -> str:
    """How to bind the first of these variables that has the name of an option; empty where none has."""
    options = {option for param in command.params for option in param.opts}
    for name in names:
        if f"--{name}" in options:
            return f"--{name} is an option of this command: bind the variable with -s {name}=VALUE"
    return ""


def of_error(ctx: click.Context, names: Sequence[str], bound: Container[str], message: str) -> str:
    """The hint for an error whose message is about such an option, or about its value; empty where it is not."""
    for name, value in _clashes(ctx, names, bound):
        meant = _is_number(value) and name in _FILES
        if (
            meant
            or name in message.lower().split()
            or f"--{name}" in message
            or (value and f" {value}" in _plain(message))
        ):
            return _meant(name, value)
    return ""


def told(error: click.UsageError, names: Sequence[str]) -> click.UsageError:
    """An error that Click raised, with the same added where the value of such an option is to blame."""
    param = error.param if isinstance(error, click.BadParameter) else None
    for name in names:
        if param is not None and f"--{name}" in param.opts:
            return click.BadParameter(f"{error.message.rstrip('.')}; {_meant(name, '')}", error.ctx, param)
    return error


def say_unused(ctx: click.Context, names: Sequence[str], bound: Container[str]) -> None:
    """Note where a number went to an option though a variable without a value has the same name."""
    for name, value in _clashes(ctx, names, bound):
        if _is_number(value):
            note(_meant(name, value))


def _clashes(ctx: click.Context, names: Sequence[str], bound: Container[str]) -> Iterator[tuple[str, str]]:
    """Options of the line that are variables without a value, each with the text of its value."""
    for param in ctx.command.params:
        name = next((option[2:] for option in param.opts if option[2:] in names and option.startswith("--")), None)
        if name is None or name in bound or param.name is None:
            continue
        if ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE:
            value = ctx.params.get(param.name)
            first = value[0] if isinstance(value, tuple) and value else value
            yield name, "" if first is None or isinstance(first, bool) else str(first)


def _meant(name: str, value: str) -> str:
    shown = value if value and len(value) <= _SHORT else "VALUE"
    return f"--{name} is an option of this command; for the variable {name} of the expression write -s {name}={shown}"


def _plain(message: str) -> str:
    """A message without its quotes, a space before it."""
    return " " + message.replace('"', "").replace("'", "")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
