"""Rows at the end of a table that are none: a total of the rows before them, or a word such as END.

They would be counted in where only their numbers are used. So they are an error that says how to leave them out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from itertools import takewhile

from exprgrad.data.faults import PIPED, MisfitError, quoted

WORDS = (
    "totals?|sums?|averages?|avg|means?|medians?|std\\.?|std\\.? ?dev\\.?|stdev|standard deviation|variance"
    "|summe|gesamt|gesamtsumme|mittelwert|durchschnitt|zwischensumme|total g[ée]n[ée]ral|somme|moyenne"
    "|minimum|maximum|count|suma|promedio|media|totale|somma|soma|m[ée]dia|totaal|gemiddelde|summa|medelv[äa]rde"
)
"""The words for them, in small letters."""
TOTAL = re.compile(
    rf"\W*(?:(?:grand|sub|over[- ]?all|column) ?-?)?(?:{WORDS}|(?-i:min|max|MIN|MAX))\s*[:=]?\W*", re.IGNORECASE
)
"""How a row is called that sums up others."""
_BESIDE = re.compile(r"\W*(?:min\.?|max\.?|n)\s*[:=]?\W*", re.IGNORECASE)
"""How such rows may be called beside one that is surely called so: Max may be a name."""
END = re.compile(r"\W*(?:end|eof|eod|ende|fin|stop)\b.*", re.IGNORECASE)
"""How the end of the data is called."""
_SHOWN = 20


def _label(row: Sequence[str | None]) -> tuple[int, str]:
    """The first field of a row that is not empty, and its place."""
    return next(((place, field.strip()) for place, field in enumerate(row) if field and field.strip()), (0, ""))


def total(
    last: Sequence[Sequence[str | None]],
    first: Sequence[Sequence[str | None]],
    header: Sequence[str],
    ways: Callable[[str], str],
) -> MisfitError | None:
    """The error for the first of the last rows of a table that sum up those before them, if they do: its row counts
    back from the end. `ways` gives what to type, by the text that the row begins with."""
    count = _totals(last, first)
    if not count:
        return None
    place, text = _label(last[-count])
    return MisfitError(-count, f"{quoted(text)} may sum up the rows above", header[place], ways(text))


def _totals(last: Sequence[Sequence[str | None]], first: Sequence[Sequence[str | None]]) -> int:
    """How many of the last rows of a table sum up those before them; `first` are some rows from its begin on. None do
    where other rows are called so, too: then these are names like others."""
    found = _at_end(last)
    if not found or found == len(last) or not any(TOTAL.fullmatch(_label(row)[1]) for row in last[-found:]):
        return 0
    place = _label(last[-1])[0]
    before = [*first[: len(first) - _at_end(first)], *last[:-found]]
    return 0 if any(TOTAL.fullmatch((row[place] or "").strip()) for row in before) else found


def _at_end(rows: Sequence[Sequence[str | None]]) -> int:
    """How many rows at the end are called as what sums up others."""
    texts = (_label(row)[1] for row in reversed(rows))
    return sum(1 for _ in takewhile(lambda text: TOTAL.fullmatch(text) or _BESIDE.fullmatch(text), texts))


def ways_out(
    text: str, comment: str, hidden: bool, *, indented: bool = False, value: bool = False, row: bool = False
) -> str:
    """What to type where a line that begins with a text is no row, or has no `value` there, or is a `row` all the same.
    Lines that begin with `comment` are left out already; `hidden` says that the line begins with other bytes, as the
    text is in quotes; `indented` that blanks are before it."""
    mark = text.strip()[:_SHOWN].rstrip()
    if comment or hidden:
        pattern = ('^[[:blank:]"]*' if indented else '^"*') + re.sub(r"([\\.*^$\[\]])", r"\\\1", mark)
        ways = [f"leave it out: grep -v {shlex.quote(pattern)} FILE{PIPED}"]
    else:
        ways = [f"give --comment {mark if mark.isalnum() and mark.isascii() else _in_quotes(mark)} to leave it out"]
    if value and text.isalpha() and not (TOTAL.fullmatch(text) or END.fullmatch(text)):
        ways.append(f"--missing {text} for no value")
    if row and not comment:
        ways.append("--comment '' if it is a row")
    return f"{', '.join(ways[:-1])}{' or ' if len(ways) == 2 else ', or ' if ways[1:] else ''}{ways[-1]}"


def _in_quotes(text: str) -> str:
    return f"'{text}'" if "'" not in text else shlex.quote(text)
