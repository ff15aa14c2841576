"""Options as rows of data: how each is declared, and which field it gives; and those that `train` and `fit` share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import click

from exprgrad.cli.line.bindings import intervals, names_of

C = TypeVar("C", bound=Callable[..., Any])


class Row(NamedTuple):
    """An option, and the field that it gives."""

    flag: str
    field: str
    how: Mapping[str, Any]
    """How it is declared: keywords of `click.option`."""
    read: Callable[[Any, str], Any] | None
    """Makes the field from the option's value and its flag; None where the value is the field."""

    def take(self, options: dict[str, Any]) -> Any:
        """The field, taken out of a command's options. Raises UsageError for a value that makes no sense."""
        value = options.pop(self.field)
        return value if self.read is None else self.read(value, self.flag)


def row(flag: str, field: str = "", read: Callable[[Any, str], Any] | None = None, **how: Any) -> Row:
    """A row. Unless a field is given, it has the name of the option."""
    return Row(flag, field or flag.removeprefix("--").replace("-", "_"), how, read)


def declare(rows: Iterable[Row], command: C) -> C:
    """The command with these options, which it is given as keywords called as their fields."""
    for each in reversed(list(rows)):
        command = click.option(each.flag, each.field, **each.how)(command)
    return command


def _all_names(texts: tuple[str, ...], flag: str) -> list[str]:
    return list(dict.fromkeys(name for text in texts for name in names_of(text, flag)))


FIX = row("--fix", "fixed", _all_names, multiple=True, metavar="NAMES", help="Keep these parameters at their values.")
BOUND = row(
    "--bound", "bounds", intervals, multiple=True, metavar="NAME=LOW:HIGH", help="Hold a parameter in an interval."
)
