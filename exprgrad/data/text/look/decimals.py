"""Which decimal mark the numbers of a text have: a point, or a comma where that is clear."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from exprgrad.data.faults import quoted
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.text.look.cells import MINUS, Kind
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_GROUPS = {mark: re.compile(rf"[{MINUS}]?[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+") for mark in ",."}
"""Whole numbers with a mark between groups of three digits."""
_BOTH = {
    mark: re.compile(rf"[{MINUS}]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+{re.escape(other)}\d*\s?%?")
    for mark, other in (",.", ".,")
}
"""The same with a fraction after the other mark."""
_EITHER = "give --thousands . and --decimal , for groups of digits, or --decimal ."
_MARKED = re.compile(r",|\d\.\d{3}(?!\d)")
"""What a row has that is to be looked at."""
_NUMBER = re.compile(rf"[{MINUS}]?\d*[.,]?\d+.*|[{MINUS}]?\d+[.,].*")


def decimal_mark(
    rows: Sequence[Sequence[str]], kinds: Sequence[Kind], options: ReadOptions, name: str, delimiter: str
) -> str:
    """The decimal mark of the numbers in these rows. Raises DataError where they may be read in two ways."""
    if options.decimal is not None:
        return options.decimal
    columns = [column for column, kind in enumerate(kinds) if kind in (Kind.NUMBER, Kind.MISSING)]
    if not any(_MARKED.search("\n".join(row)) for row in rows):
        return "."
    marked = list(dict.fromkeys(field for field in _fields(rows, columns) if "," in field or "." in field))
    marked = [field for field in marked if _NUMBER.fullmatch(field)]
    commas = [field for field in marked if "," in field]
    points = [field for field in marked if "." in field and "," not in field]
    fractions = [field for field in commas if not (_GROUPS[","].fullmatch(field) or _BOTH[","].fullmatch(field))]
    # What has groups is no number without the option, so that the reader says so. It must not be read as a fraction.
    if options.thousands == "." or (fractions and not points):
        return ","
    if points and options.thousands != "," and all(map(_GROUPS["."].fullmatch, points)):
        others = [*commas, *(field for field in points if field.count(".") > 1)]
        if others:
            what = f"{visible(name)} has numbers such as {quoted(points[0])} and {quoted(others[0])}"
            raise DataError(what, hint=_EITHER)
        if delimiter == ";" and not options.thousands:  # it stands where a comma is the decimal mark
            what = f"{visible(name)} has numbers such as {quoted(points[0])}, which may be {points[0].replace('.', '')}"
            raise DataError(what, hint=_EITHER)
    return "."


def _fields(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> Iterable[str]:
    return (row[column].strip() for row in rows for column in columns if column < len(row))
