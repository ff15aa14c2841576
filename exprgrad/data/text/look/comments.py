"""Comments among the first rows: names of columns in them, and lines that must not be taken for comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from exprgrad.data.read_options import ReadOptions
from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.look.cells import VALUES, Cells, Kind
from exprgrad.data.text.look.records import Line, Records, divided_comment, divided_line
from exprgrad.data.text.look.units import are_units
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible


class CommentNames(NamedTuple):
    """Names of columns that stand in a comment."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    line: int


_BETWEEN = re.compile(r"[\s,;|\"]+")
"""What may be between the fields of a row."""
Comments = Callable[[int, int, bool], CommentNames | None]
"""Finds so many names in the comments just above a row; True asks for those that are divided as the rows are."""


def names_above(found: Records, delimiter: str, cells: Cells) -> Comments:
    """Finds names of columns in the comments just above a row: in the last one, or above units in the last one."""

    def names(row: int, width: int, strict: bool) -> CommentNames | None:
        lines = [line for before, line in found.comments if before == row and any(map(str.isalnum, line.text))]
        words = [divided_comment(line, delimiter, width, strict) for line in lines[-2:]]
        *above, last = words or [[]]
        if above and _are_names(above[0], cells) and last and are_units(last):
            return CommentNames(tuple(above[0]), tuple(last), lines[-2].number)
        return CommentNames(tuple(last), (), lines[-1].number) if _are_names(last, cells) else None

    return names


def _are_names(words: Sequence[str], cells: Cells) -> bool:
    """Whether the words can be names: all differ, and none is a number."""
    texts = all(cells.kind(word) is Kind.TEXT for word in words)
    return bool(words) and texts and len(set(words)) == len(words) and not words[0].endswith((":", "="))


def comment_mark(
    found: Records, begin: int, kinds: Sequence[Kind], options: ReadOptions, delimiter: str, name: str
) -> str:
    """What a comment between the rows begins with, of which the first is `begin`; empty where none may be there, as it
    could be a row."""
    for _, line in found.comments if delimiter == "\t" else []:
        if "\t" in line.text.partition(line.mark)[0] and options.comment is None:
            raise _unclear(name, line, "has the mark of a comment after an empty field")
    if options.comment is not None:
        return options.comment
    if begin == len(found.rows):
        kinds = [Kind.TEXT, *kinds[1:]]
    between = [line for before, line in found.comments if before > begin]
    above = [line for before, line in found.comments if before <= begin]
    if kinds[0] in VALUES:
        marks = list(dict.fromkeys(line.mark for line in between or above))
        if between and len(marks) > 1:
            what = f"{visible(name)} has lines that begin with {marks[0]}, and others with {marks[1]}"
            raise DataError(what, hint=f"give --comment '{marks[0]}', or --comment '' where these lines are rows")
        if len(marks) == 1:
            return marks[0]
        return "#" if "#" in marks or delimiter == BLANKS else ""
    for line in between:
        what = "begins as a comment does, and the first column holds texts"
        raise _unclear(name, line, what)
    cells = Cells(options)
    filled = [column for column, kind in enumerate(kinds) if kind is not Kind.TEXT]
    for before, line in found.comments:
        ways = [divided_line(line, delimiter), divided_line(line, BLANKS)]
        numbers = any(cells.kind(word) is Kind.NUMBER for word in _BETWEEN.split(line.text))
        if before == begin == len(found.rows) and (numbers or (len(kinds) > 1 and len(kinds) in map(len, ways))):
            raise _unclear(name, line, "begins as a comment does, but may be a row")
        values = [ways[0][column] for column in filled if column < len(ways[0])]
        if before <= begin and values and not any(cells.kind(field) is Kind.TEXT for field in values):
            raise _unclear(name, line, "begins as a comment does, but may be a row")
    return ""


def _unclear(name: str, line: Line, what: str) -> DataError:
    hint = f"give --comment '{line.mark}', or --comment '' if it is a row"
    return DataError(f"{visible(name)}, line {line.number} {what}", hint=hint)
