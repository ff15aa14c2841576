"""Numbers as some programs write them and no reader takes them: what each is, and what makes a plain number of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from exprgrad.data.faults import PIPED
from exprgrad.data.text.look.programs import PLAIN_ENDS, touching
from exprgrad.data.text.look.shape import MARKS
from exprgrad.text.escapes import visible

_N = r"[+-]?(?:\d+\.?\d*|\.\d+)"
_WITH_UNIT = re.compile(r"""([^\d.,+\-'"\\`]{0,10})[+-]?\d[\d.,]*([^\d.,+\-'"\\`]{0,10})""")
"""A number with something before or after it, such as $5 or 5 kg."""
_DAY = re.compile(
    r"\d{1,4}([./-])(?:\d{1,2}|[A-Za-z]{3})\1(?:\d{2}|\d{4})(?!\d)"
    r"(\s+\d\d?:\d\d(:\d\d)?)?(\s?[AaPp][Mm]\b)?(\s?[+-]\d\d:?\d\d)?"
)
REMARKS = f"{PLAIN_ENDS}{PIPED}"
"""What leaves out remarks at the ends of lines."""
HEADERS = "awk 'NR == 1 {first = $0} NR == 1 || $0 != first' FILE" + PIPED
"""What leaves out lines that repeat the first one."""


class Odd(NamedTuple):
    """One way to write numbers."""

    what: str
    text: re.Pattern[str]
    sql: str = ""
    """What makes a number of it, in SQL; COLUMN stands for the name of the column."""
    shell: str = ""
    """What changes the file so that it has numbers."""


_WAYS = (
    Odd("hexadecimal", re.compile(r"0[xX][0-9a-fA-F]+"), "COLUMN::bigint"),
    Odd("a value with its uncertainty", re.compile(rf"{_N}\(\d+\).*"), r"regexp_replace(COLUMN, '\(.*', '')::double"),
    Odd("a value with its uncertainty", re.compile(rf"{_N}\s*±.*"), "split_part(COLUMN, '±', 1)::double"),
    Odd("a value with its uncertainty", re.compile(rf"{_N}\s*\+/?-\s*{_N}"), "split_part(COLUMN, '+', 1)::double"),
    Odd(
        "a complex number",
        re.compile(rf"\(?{_N}(?:[eE][+-]?\d+)?[+-][\d.]+(?:[eE][+-]?\d+)?\*?[ij]\)?"),
        r"regexp_extract(COLUMN, '^\(?([+-]?[0-9.]+)', 1)::double",
    ),
    Odd(
        "a number in parentheses, which is negative in accounts",
        re.compile(r"\([\d.,]+\)"),
        r"(case when COLUMN like '(%' then -1 else 1 end)*regexp_replace(COLUMN, '[()]', '', 'g')::double",
    ),
    Odd(
        "a number with its sign behind it",
        re.compile(r"[\d.,]+-"),
        "(case when COLUMN like '%-' then -1 else 1 end)*rtrim(COLUMN, '-')::double",
    ),
    Odd(
        "a power of ten",
        re.compile(rf"{_N}\s*[x×*·]\s*10\^?\{{?[+-]?\d+\}}?"),
        r"regexp_replace(replace(COLUMN, '}', ''), '\s*[x×*·]\s*10\^?[{]?', 'e')::double",
    ),
    Odd(
        "a fraction",
        re.compile(r"[+-]?\d+/\d+"),
        "split_part(COLUMN, '/', 1)::double/split_part(COLUMN, '/', 2)::double",
    ),
    Odd(
        "a limit, not a value",
        re.compile(rf"[<>≤≥~≈]=?\s*{_N}"),
        "regexp_replace(COLUMN, '^[^0-9.+-]+', '')::double",
    ),
    Odd("followed by a remark", re.compile(rf"{_N}\s*(?:{'|'.join(MARKS)}).*[^\W\d].*"), shell=REMARKS),
    Odd(
        "a number whose exponent has no letter",
        re.compile(r"[+-]?\d*\.\d+[+-]\d{3}"),
        shell=r"sed -E 's/([0-9])([+-][0-9]{3})/\1E\2/g' FILE" + PIPED,
    ),
)


def way_with_number(text: str) -> str:
    """What to type for a text that is a number in such a way; empty for any other. COLUMN stands for its column."""
    for odd in _WAYS:
        if odd.text.fullmatch(text):
            return f"it is {odd.what}: {odd.shell or _query(odd.sql, 'x')}"
    if way := touching(text):
        return way
    if found := _DAY.match(text):
        clock = f" %{'I' if found[4] else 'H'}:%M" + ":%S" * bool(found[3]) if found[2] else ""
        clock += " %p" * bool(found[4]) + " %z" * bool(found[5])
        form = f"%Y{found[1]}%m{found[1]}%d" if text[:4].isdigit() else _day_first(text, found[1])
        return f"""if it is a date, say how it is written: {_query(f"epoch(strptime(COLUMN, '{form}{clock}'))", "t")}"""
    if (found := _WITH_UNIT.fullmatch(text)) and bool(found[1]) != bool(found[2]):
        sql = f"replace(COLUMN, '{visible(found[1] or found[2])}', '')::double"
        return f"a query can make a number of it: {_query(sql, 'x')}"
    return ""


def _day_first(text: str, mark: str) -> str:
    """How a date is written that begins with a day, most likely; with a month where its second number is no month."""
    _, second, year = text.split(mark)[:3]
    short = "%y" if len(year.split()[0]) == 2 else "%Y"
    if second.isalpha():
        return f"%d{mark}%b{mark}{short}"
    return f"%m{mark}%d{mark}{short}" if int(second) > 12 else f"%d{mark}%m{mark}{short}"


def _query(sql: str, name: str) -> str:
    return f'--query "select {sql} as {name}, … from data"'
