"""What a field holds, at a glance: a number in some notation, a date, nothing, or a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum

from exprgrad.data.read_options import ReadOptions
from exprgrad.data.text.words import ERRORS, NULLS

MINUS = "+\\-\u2212"
"""Signs, within the brackets of a pattern."""
GROUPS = ",.'\u2019 \u00a0\u202f\u2009_"
"""What may stand between groups of three digits."""

_NUMBER = re.compile(
    rf"[{MINUS}]?(?:"
    rf"(?:\d+(?:\.\d*|,\d+)?|[.,]\d+)(?:[eEdDqQ][+-]?\d+)?"
    rf"|\d{{1,3}}([{GROUPS}])\d{{3}}(?:\1\d{{3}})*(?:[.,]\d+)?"
    r"|[iI]nf(?:inity)?|INF(?:INITY)?"
    r")\s?%?|true|false|True|False|TRUE|FALSE"
)
_DAY = r"(?:\d{4}-\d\d?-\d\d?|\d{4}/\d\d?/\d\d?|\d\d?[./]\d\d?[./](?:\d{4}|\d\d)|\d\d?-[A-Za-z]{3}-(?:\d{4}|\d\d))"
_CLOCK = r"\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?:\s?[AaPp][Mm])?(?:Z|\s?[+-]\d\d:?\d\d)?"
_DATE = re.compile(rf"{_DAY}(?:[T ]\s?{_CLOCK})?|{_CLOCK}")
ERROR = re.compile(rf"(?:{'|'.join(map(re.escape, ERRORS))})(?:[\s,;|]|\Z)")
"""What a spreadsheet writes into a cell that it could not compute."""
_MISSING = frozenset(NULLS)
_PERHAPS_MISSING = re.compile(r"-+|\.+|\*+|\?+|[nN]/?[aA]|N\.A\.|[nN][aA][nN]|Null|none|nil|missing")
"""What is no name of a column, either; the user is asked whether it stands for no value."""


class Kind(IntEnum):
    """What a field holds, or most fields of a column."""

    TEXT = 0
    NUMBER = 1
    DATE = 2
    MISSING = 3


VALUES = (Kind.NUMBER, Kind.DATE)
"""The kinds that names are not."""


class Quoted(str):
    """A field that stood in quotes."""

    __slots__ = ()


class Torn(str):
    """A field that goes on after its closing quote."""

    __slots__ = ()


class Cells:
    """Tells the kinds of fields; remembers those that it has seen."""

    def __init__(self, options: ReadOptions):
        self._seen: dict[str, Kind] = dict.fromkeys(options.missing, Kind.MISSING)

    def kind(self, field: str) -> Kind:
        """What a field holds."""
        found = self._seen.get(field)
        if found is None:
            shown = field.strip()
            found = self._seen[field] = self._kind(shown[1:-1] if shown[:1] == '"' == shown[-1:] else shown)
        return found

    def _kind(self, field: str) -> Kind:
        if _NUMBER.fullmatch(field):
            return Kind.NUMBER
        if self._seen.get(field) == Kind.MISSING or field in _MISSING or _PERHAPS_MISSING.fullmatch(field):
            return Kind.MISSING
        return Kind.DATE if _DATE.fullmatch(field) else Kind.TEXT

    def column(self, fields: Iterable[str]) -> Kind:
        """What most fields of a column hold."""
        counts = [0, 0, 0, 0]
        for field in fields:
            counts[self.kind(field)] += 1
        if not counts[Kind.NUMBER] + counts[Kind.DATE] and counts[Kind.TEXT] <= counts[Kind.MISSING]:
            return Kind.MISSING
        return max((Kind.NUMBER, Kind.DATE, Kind.TEXT), key=counts.__getitem__)

    def columns(self, rows: Sequence[Sequence[str]]) -> list[Kind]:
        """What the columns of some rows of one width hold."""
        return [self.column(column) for column in zip(*rows, strict=True)]
