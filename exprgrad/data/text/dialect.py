"""How the rows of a delimited text are written, and where they begin."""

from __future__ import annotations

from typing import NamedTuple

BLANKS = " "
"""The delimiter that stands for runs of blanks and tabs."""


class Dialect(NamedTuple):
    """How rows and numbers are written."""

    delimiter: str = ","
    """One character, or BLANKS."""
    decimal: str = "."
    thousands: str = ""
    """What stands between groups of three digits, if anything does."""
    percent: bool = False
    """Whether `5 %` is 0.05."""
    comment: str = ""
    """What a line begins with that is no row; empty where every line is one."""
    marks: tuple[str, ...] = ()
    """What a line begins with that may be a row or a comment: then the user is asked which."""
    missing: tuple[str, ...] = ()
    """What fields say that hold no value, beside `words.NULLS`."""
    encoding: str = "utf-8"
    trailing: bool = False
    """Whether a delimiter ends each row."""
    labels: bool = False
    """Whether a row that begins with a text may be none, as the others begin with a number: then the user is asked."""
    totals: bool = False
    """Whether the user is asked about a row at the end that seems to sum up those above it."""


class Layout(NamedTuple):
    """A text as a table: its dialect, its columns, and where its rows begin."""

    dialect: Dialect
    header: tuple[str, ...]
    begin: int
    """The byte at which the rows begin; that of the UTF-8 without a mark where a text is transcoded, as UTF-16 is."""
    notes: tuple[str, ...] = ()
    """What was worked out and is not what every CSV has, one sentence each, for the user."""
