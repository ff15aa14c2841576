"""The option --memory: how much of it columns may take that are held between passes."""

from __future__ import annotations

import re
from math import nan

from exprgrad.cli.options.option import DATA, row
from exprgrad.errors import UsageError

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_MOST = 2.0**60
"""Bytes that no machine has."""


def size(text: str) -> int:
    """Bytes in a text such as 500MB, 2GiB or 0."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", text.strip().lower(), re.ASCII)
    number = float(match[1]) * _UNITS.get(match[2], nan) if match else nan
    if not number <= _MOST:
        raise UsageError(f"--memory takes a size such as 500MB or 2GB, not {text!r}")
    return int(number)


MEMORY = row(
    "--memory",
    heading=DATA,
    callback=lambda ctx, param, value: None if value is None else size(value),
    metavar="SIZE",
    otherwise="half the memory",
    help="Hold columns between passes where they take no more, as 2GB.",
)
"""The option, given to the command as bytes, or None."""
