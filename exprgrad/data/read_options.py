"""What a user says about how data files are to be read. What is not said is worked out from the first lines."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.data.text.dialect import Layout

TIME_UNITS = {
    "ns": "nanoseconds",
    "us": "microseconds",
    "ms": "milliseconds",
    "s": "seconds",
    "min": "minutes",
    "h": "hours",
    "d": "days",
}
"""The units of times, short and as messages call them."""


class ReadOptions(NamedTuple):
    """How data files are to be read. None, and an empty tuple, leave it to the file's name and first lines."""

    format: str | None = None
    """The name of a data format: see `formats.registry`."""
    delimiter: str | None = None
    """The character between fields; a blank stands for runs of blanks and tabs."""
    decimal: str | None = None
    """The decimal mark: "." or ","."""
    thousands: str = ""
    """What stands between groups of three digits; nothing by default."""
    percent: bool = False
    """Whether `5 %` is 0.05."""
    comment: str | None = None
    """What a line begins with that is no row; empty where every line is one."""
    skip_lines: int | None = None
    """Lines before the header, or before the first row where there is no header."""
    names: tuple[str, ...] = ()
    """The names of the columns, where no line has them."""
    header: bool | None = None
    """Whether a line has the names of the columns."""
    missing: tuple[str, ...] = ()
    """What fields say that hold no value, beside the usual words."""
    encoding: str | None = None
    """The name of a character encoding, as Python knows it."""
    times: tuple[tuple[str, str], ...] = ()
    """For each column of times, by its header, the unit since 1970 in which it is read."""
    sheet: str | None = None
    """The sheet of a workbook, or the table of a database."""
    layout: Layout | None = None
    """How a text is laid out, where it was worked out before: as for the parts of one file."""


FROM_THE_FILE = ReadOptions()
"""Nothing is said."""
