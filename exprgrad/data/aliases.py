"""Columns by what a user calls them: their headers, and short legal names for headers that no variable can have.

`Temp (°C)` is also `Temp_C`, `pos.x` is `pos_x`, `2theta` is `_2theta`, and the third column `c3` if it has no header.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from exprgrad.text.escapes import visible
from exprgrad.text.spelling import nearest

_KEYWORDS = {"param", "input", "in", "and", "or", "not"}
"""The words of the language that are no names."""
_IS_NAME = re.compile(r"[^\W\d]\w*").fullmatch
"""What the grammar takes for a name."""
_FIRST = re.compile(r"[^\W\d]\w*").match
"""The first word of a header."""
_LISTED = 12
"""Columns that a message lists at the most."""
_NAMED = 20
"""Columns whose names a message gives as the value of an option at the most."""
_LONGEST = 60
"""Characters of an alias."""
_COMPARED = 1000
"""Columns among which a misspelt name is looked for."""


class Names:
    """The names of the columns of a table."""

    def __init__(self, header: Sequence[str]) -> None:
        self.header = header
        self._known = set(header)

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """The header that each alias stands for. An alias is never another header; a legal one has none, nor has one
        that several columns share."""
        counts = Counter(self.header)
        found: dict[str, str] = {}
        used: Counter[str] = Counter()
        for place, header in enumerate(self.header, 1):
            if _is_legal(header) or counts[header] > 1:
                continue
            base = alias = _legal(header) or f"c{place}"
            while alias in self._known or alias in found:
                used[base] += 1
                alias = f"{base}_{used[base] + 1}"
            found[alias] = header
        return found

    @cached_property
    def alias_of(self) -> Mapping[str, str]:
        """The alias of each header that has one."""
        return {header: alias for alias, header in self.aliases.items()}

    def find(self, name: str) -> str | None:
        """The header that a name means: that header itself, the one that has it as alias, or has it between blanks."""
        return name if name in self._known else self.aliases.get(name, self._trimmed.get(name.strip()))

    @cached_property
    def _trimmed(self) -> Mapping[str, str]:
        """The header that each is without blanks around it, where that is no other's."""
        counts = Counter(header.strip() for header in self.header)
        return {short: header for header in self.header if counts[short := header.strip()] == 1}

    def chosen(self, text: str) -> str:
        """The header that a user names, also by its position, counted from 1; the text itself if there is none."""
        found = self.find(text)
        if found is None and re.fullmatch("[0-9]{1,9}", text) and 1 <= int(text) <= len(self.header):
            found = self.header[int(text) - 1]
        if found is None and (quoted := re.fullmatch(r"""\s*(["'`])(.+)\1\s*""", text)):
            found = self.find(quoted[2])
        return text if found is None else found

    def shown(self, header: str) -> str:
        """A header in a message: `x`, or `"Temp (°C)" (Temp_C)`."""
        alias = self.alias_of.get(header)
        return visible(header) if alias is None else f'"{visible(header)}" ({visible(alias)})'

    def listed(self) -> str:
        """The columns, for a message."""
        shown = ", ".join(map(self.shown, self.header[:_LISTED]))
        return shown + (", …" if len(self.header) > _LISTED else "")

    def apart(self) -> str:
        """The headers with a number after those that others have, too, as the value of an option."""
        if len(self.header) > _NAMED or any("," in header for header in self.header):
            return "a,b,c"
        seen = ((header, self.header[:place].count(header)) for place, header in enumerate(self.header))
        return visible(shlex.quote(",".join(f"{header}_{before + 1}" if before else header for header, before in seen)))

    def near(self, name: str) -> str | None:
        """The header that a misspelt name most likely means, or of which it is the first word: Age of `Age (years)`."""
        some = self.header[:_COMPARED]
        same = [header for header in some if header.strip().lower() == name.lower()]
        same = same or [header for header in some if name.lower() in _first_words(header)]
        among = set(some)
        names = {alias: header for alias, header in self.aliases.items() if header in among} if not same else {}
        close = nearest(name, [*some, *names]) if not same else same[0]
        return None if close is None else names.get(close, close)

    def hint(self, name: str) -> str:
        """What to do where a variable has no value and no column: the column that it most likely means, or all."""
        near = self.near(name)
        if near is None:
            return f"give --{name} VALUE; the columns of the data are {self.listed()}"
        return self.meant(name, near)

    def meant(self, name: str, header: str) -> str:
        """The hint that a variable means this column, and how to make it stand for it."""
        column = visible(self.alias_of.get(header, header))
        write = f'--column "{name}={column}"'
        if _is_legal(header):
            return f"did you mean {header}? (or {write})"
        return f'the data have a column "{visible(header)}": {write}'

    def without(self, headers: Iterable[str]) -> Names:
        """The names of the other columns."""
        left_out = set(headers)
        return Names([header for header in self.header if header not in left_out])


def headers_of(names: Sequence[str], header: Sequence[str]) -> list[str]:
    """The headers that the names mean, or the names themselves where they mean none."""
    known = Names(header) if names else None
    return [known.find(name) or name for name in names] if known else []


def _first_words(header: str) -> set[str]:
    """The first word of a header, in lower case: up to a blank or a bracket, and up to `_` where that is more than a
    letter, as parameters are called `k` beside a column `k_1`."""
    word = _FIRST(header.strip().lower())
    if word is None:
        return set()
    short = word[0].partition("_")[0]
    return {word[0], *([short] if len(short) > 1 else [])}


def _is_legal(header: str) -> bool:
    """Whether a variable can be called so, in the language and as an option of the command line."""
    return _IS_NAME(header) is not None and header.isidentifier() and header not in _KEYWORDS


def _legal(header: str) -> str:
    """A header as a name: what no name has is left out, or `_` between the rest; empty where nothing is left."""
    name = "_".join("".join(map(_plain, header[:_LONGEST])).split()).rstrip("_")
    if not name:
        return ""
    return f"{name}_" if name in _KEYWORDS else name if _is_legal(name) else f"_{name}"


def _plain(character: str) -> str:
    """A character as names have it: `²` is `2`. A blank for others."""
    if _goes_on(character):
        return character
    return "".join(c if _goes_on(c) else " " for c in unicodedata.normalize("NFKC", character))


def _goes_on(character: str) -> bool:
    """Whether a name can have this character after its first."""
    return _is_legal(f"_{character}")
