"""The first rows of a text, divided into fields at a delimiter; comments apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from exprgrad.data.text.dialect import BLANKS
from exprgrad.data.text.look.cells import ERROR, Quoted, Torn

ALONE = ""
"""The delimiter where each line is one field."""
LINES = 300
"""Lines that are looked at, without comments."""

_LINE = re.compile(r"((?:\r\n?|\n)*+)(?:([^\r\n]++)(?:\r\n?|\n|\Z)|\Z)")
"""A line that is not empty, after empty ones; or those at the end."""
_END = re.compile(r"\r\n?|\n")
_ALIKE = 10
_LATER = 2
"""Lines that are compared with the last ones, to see whether a text goes on as it begins."""
_NUMBERS = re.compile(r"[\s\d.,;|eEdD+-]+")
_WORD = re.compile(r"[^\s,;]+(?:\s*[(\[].*[)\]])?")
"""A name of one word, and perhaps its unit."""
_WAYS = (r"\t+", r"[ \t]{2,}", r"\s*,\s*", r"\s*;\s*", r"[ \t]+(?![(\[])", r"[ \t]+")
"""What may be between the words of a comment."""
_WORDS = re.compile(r"[^ \t]+")


class Line(NamedTuple):
    """A line of the text."""

    number: int
    start: int
    text: str
    mark: str = ""
    """What it begins with that makes a comment of it, if anything does."""
    after: str = ""
    """The character after the mark."""


class Record(NamedTuple):
    """A row of the text, which may have several lines."""

    fields: list[str]
    number: int
    start: int


class Records(NamedTuple):
    """The first rows, and the comments between them."""

    rows: list[Record]
    comments: list[tuple[int, Line]]
    """Each with the number of rows before it."""


def first_lines(text: str, whole: bool, skip: int, marks: Sequence[str]) -> list[Line]:
    """The first lines that are not empty, after so many lines; the last one only where it is whole."""
    found: list[Line] = []
    plain, number, most = 0, 0, LINES
    for match in _LINE.finditer(text):
        if match.end() == len(text) and not (whole or text.endswith("\n")):
            break
        empty, line = match.groups()
        if line is None:
            break
        number += 1 + len(_END.findall(empty))
        if number <= skip:
            continue
        mark = mark_of(line, marks)
        after = line.lstrip(" \t")[len(mark) :].lstrip(" ")[:1] if mark else ""
        found.append(Line(number, match.start(2), line, mark, after))
        plain += not mark
        if plain > most:
            if most > LINES or _go_on(found[-_ALIKE:], text[match.end() :]):
                break
            most = len(text)
    return found


def _go_on(lines: Sequence[Line], rest: str) -> bool:
    """Whether the rest of the text goes on as these lines do, as far as it was read; where it does not, they are no
    rows yet."""
    later = [line for line in rest[: rest.rfind("\n") + 1].splitlines()[-_LATER:] if line]
    return not later or not {_manner(line.text) for line in lines}.isdisjoint(map(_manner, later))


def _manner(line: str) -> tuple[object, ...]:
    """What rows have in common: how many delimiters there are, and whether there are only numbers between them."""
    return *map(line.count, ",;\t|"), bool(_NUMBERS.fullmatch(line))


def mark_of(line: str, marks: Sequence[str]) -> str:
    """What the line begins with that makes a comment of it."""
    shown = line.lstrip(" \t")
    if shown[:1].isalnum():
        marks = [mark for mark in marks if mark[:1].isalnum()]
    for mark in marks:
        if shown.startswith(mark) and not (mark == "#" and ERROR.match(shown)):
            return mark
    return ""


def records(text: str, whole: bool, lines: Sequence[Line], delimiter: str) -> Records:
    """The rows in these lines. A row whose quotes are not closed ends with the text, or is left out if more comes."""
    rows: list[Record] = []
    comments: list[tuple[int, Line]] = []
    end = 0
    for line in lines:
        if line.start < end:
            continue  # in the quotes of the row before
        if line.mark and (rows or line.after != delimiter or delimiter == BLANKS):  # not the names `#,a,b`
            comments.append((len(rows), line))
        elif '"' not in line.text or delimiter == ALONE:
            if fields := _divided(line.text, delimiter):
                rows.append(Record(fields, line.number, line.start))
        else:
            fields, end = _fields(text, line.start, delimiter)
            if end > len(text) and not whole:
                break
            rows.append(Record(fields, line.number, line.start))
    return Records(rows, comments)


def divided_line(line: Line, delimiter: str) -> list[str]:
    """The fields of a comment, if it were a row."""
    return _fields(line.text, 0, delimiter)[0] if '"' in line.text else _divided(line.text, delimiter)


def _divided(line: str, delimiter: str) -> list[str]:
    """The fields of a line without quotes; none in a line of blanks."""
    if delimiter == BLANKS:
        return _WORDS.findall(line)
    if not line.strip(" " if delimiter == "\t" else " \t"):
        return []
    return [line] if delimiter == ALONE else line.split(delimiter)


def _fields(text: str, start: int, delimiter: str) -> tuple[list[str], int]:
    """The fields of the row that starts here, and where its line ends: after the text where a quote is not closed."""
    pattern, found = _field(delimiter), list[str]()
    while True:
        if delimiter == BLANKS:
            while text[start : start + 1] in (" ", "\t") and start < len(text):
                start += 1
        if text[start : start + 1] in ("", "\r", "\n") and delimiter == BLANKS:
            return found, start
        match = pattern.match(text, start)
        if match is None:  # an open quote
            return [*found, text[start:]], len(text) + 1
        inner, plain = match.groups()
        if inner is not None:
            inner = inner.replace('""', '"')
            plain = Torn(inner + plain) if plain.strip() else Quoted(inner)
        found.append(plain)
        start = match.end()
        if text[start : start + 1] != delimiter and delimiter != BLANKS:
            return found, start
        start += delimiter != BLANKS


@cache
def _field(delimiter: str) -> re.Pattern[str]:
    ends = r"[^ \t\r\n]*+" if delimiter == BLANKS else rf"[^{re.escape(delimiter)}\r\n]*+"
    return re.compile(rf'(?:"((?:[^"]++|"")*+)"|(?!"))({ends})')


def divided_comment(line: Line, delimiter: str, width: int, strict: bool = False) -> list[str]:
    """A comment in so many words, divided as the rows are or (but if `strict`) as words are; empty if it is not."""
    text = line.text.strip().removeprefix(line.mark).lstrip(line.mark[:1]).strip(" \t")
    text = re.sub(r"(?i)^(?:columns|fields|names|header)\s*[:=]\s*", "", text)
    ways = [rf"[ \t]*{re.escape(delimiter)}[ \t]*"] if delimiter not in (ALONE, BLANKS) else []
    for way in ways if ways and strict else [*ways, *_WAYS]:
        fields = [field.strip('"') for field in re.split(way, text)]
        if len(fields) == width and all(fields) and (width > 1 or _WORD.fullmatch(text)):
            return fields
    return []
