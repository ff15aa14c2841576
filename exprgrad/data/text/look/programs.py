"""Texts as some programs write them: LabVIEW, those that write columns of fixed width, and those that draw tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exprgrad.data.faults import PIPED, quoted
from exprgrad.data.text.footers import END
from exprgrad.data.text.look.records import Line
from exprgrad.data.text.look.shape import MARKS
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_LABVIEW = "LabVIEW Measurement"
_END = "***End_of_Header***"
_NUMBERS = re.compile(r"[\s\d.eEdD+-]+")
_TOUCHING = re.compile(r"[+-]?\d*\.\d+(?:[eEdD][+-]?\d+)?(?:-\d*\.\d*(?:[eEdD][+-]?\d+)?)+")
_RULE = re.compile(r"\s*[+|]?:?[-=]{2,}:?(?:[+|]:?[-=]{2,}:?)*[+|]?\s*")
"""A line that is drawn between rows."""
_CLEARED = "sed -E '/^[-=+|: ]*$/d; /^\\(.*\\)$/d; s/^ *\\|//; s/\\| *$//' FILE" + PIPED
PLAIN_ENDS = r"sed -E 's/[ \t]*(#|!|%|\/\/).*//' FILE"
"""What leaves out remarks at the ends of lines."""
_REMARK = re.compile("|".join(MARKS))
_FIRST = 5
_LAST = 30
"""Lines that are looked at."""


def below_labview(lines: Sequence[Line]) -> tuple[list[Line], tuple[str, ...]]:
    """The lines below the headers of a measurement of LabVIEW, and what is to be said of these; all lines of others."""
    ends = [place for place, line in enumerate(lines) if line.text.startswith(_END)]
    if not ends or not lines[0].text.startswith(_LABVIEW):
        return list(lines), ()
    below = ends[-1] + 1
    return list(lines[below:]), (f"a header of LabVIEW, {lines[below - 1].number} lines",)


def touching(text: str) -> str:
    """What to type where a text is numbers of fixed width that touch, as 1.00000-2.00000; empty for any other."""
    if not _TOUCHING.fullmatch(text.strip()):
        return ""
    return r"put blanks between numbers that touch: sed -E 's/([0-9.])-([0-9.])/\1 -\2/g' FILE" + PIPED


def check_touching(lines: Sequence[Line], name: str) -> None:
    """Raises DataError where numbers in a line touch, and there is nothing but numbers in it."""
    for line in lines[-_LAST:] if any("." in line.text for line in lines[-_LAST:]) else ():
        way = next(filter(None, map(touching, line.text.split())), "") if _NUMBERS.fullmatch(line.text) else ""
        if way:
            what = f"{visible(name)}, line {line.number} has numbers that touch: {quoted(line.text.strip())}"
            raise DataError(what, hint=way)


def without_remarks(rows: Sequence[Sequence[str]]) -> str:
    """What to type where rows have remarks at their ends, as `0 100 # start`, or the last is a word such as END; empty
    where they have neither."""
    remarks = any(_REMARK.match(field) for row in rows for field in row[1:])
    last = rows[-1][0].strip() if rows and len(rows[-1]) == 1 else ""
    ended = last.isalpha() and bool(END.fullmatch(last))
    if not remarks:
        return f"leave out the last line: grep -v '^{last}' FILE{PIPED}" if ended else ""
    more = f" | grep -v '^{last}'" if ended else ""
    return f"leave out what follows the numbers: {PLAIN_ENDS}{more}{PIPED}"


def check_drawn(lines: Sequence[Line], name: str, most: int = 0) -> None:
    """Raises DataError where a table is drawn with lines and bars around its cells, or with more than so many lines."""
    rules = [line for line in lines if _RULE.fullmatch(line.text)]
    joined = any("+" in line.text or line.text.strip()[0] == "|" for line in rules[:1] if line in lines[:_FIRST])
    if joined or (most and len(rules) > most):
        raise DataError(f"{visible(name)} is a table drawn with lines", hint=f"take them out: {_CLEARED}")
