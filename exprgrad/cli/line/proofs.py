"""What a line says of numbers that are to be proved: --certify, --precision and --exact-decimals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import click

from exprgrad.cli.line.bindings import Binding, number
from exprgrad.cli.line.command import texts_of
from exprgrad.cli.options.option import COMPUTE, row
from exprgrad.errors import UsageError
from exprgrad.syntax import Program, parse

_MOST = 1e18
"""Digits beyond every limit."""


def count(text: str) -> int:
    """A whole number from 1 on, as 50 or 10^3."""
    found = number(text, "--precision")
    if not found >= 1 or (found < _MOST and not found.is_integer()):
        raise UsageError(f"--precision takes a number of digits, from 1 on, not {text}")
    return int(min(found, _MOST))


class Proofs(NamedTuple):
    """What is to be proved."""

    certify: bool
    precision: int
    exact: bool

    @property
    def proves(self) -> bool:
        """Whether anything is."""
        return self.certify or bool(self.precision)


ROWS = (
    row("--certify", heading=COMPUTE, is_flag=True, help="Prove how many digits of each number are right."),
    row(
        "--precision",
        heading=COMPUTE,
        callback=lambda ctx, param, value: None if value is None else count(value),
        metavar="N",
        help="Show N significant digits, all proved right.",
    ),
    row(
        "--exact-decimals",
        heading=COMPUTE,
        is_flag=True,
        help="Take decimals as they are written: 0.1 is 1/10, not its float.",
    ),
)
"""The options, which the command has under these names."""


def taken(options: dict[str, Any]) -> Proofs:
    """Take the options out of those of a command. Raises UsageError for what says nothing alone."""
    found = Proofs(options.pop("certify"), options.pop("precision") or 0, options.pop("exact_decimals"))
    if found.exact and not found.proves:
        what = "--exact-decimals goes with --certify or --precision"
        raise UsageError(what, hint="floats have no exact decimals")
    return found


def expressions(values: Mapping[str, Binding]) -> dict[str, Program]:
    """The expressions that variables are bound to: as they are written on the line, else the shortest decimal of the
    number."""
    texts = texts_of(click.get_current_context())
    return {name: parse(texts.get(name, repr(value))) for name, value in values.items() if isinstance(value, float)}
