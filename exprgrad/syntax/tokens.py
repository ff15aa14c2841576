"""Text to tokens: the terminals of the grammar, as one regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from exprgrad.syntax import tables


class Token(str):
    """The text of a terminal, with the terminal's name and its place in the source."""

    __slots__ = ("end_pos", "start_pos", "type")
    type: str
    start_pos: int
    end_pos: int


def token(kind: str, text: str, start: int) -> Token:
    """A token that stands at `start`."""
    made = Token(text)
    made.type, made.start_pos, made.end_pos = kind, start, start + len(text)
    return made


class UnknownCharacterError(Exception):
    """No token begins at the place `at`."""

    def __init__(self, at: int) -> None:
        self.at = at


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, without blanks and comments. Raises UnknownCharacterError once it comes to one."""
    match, words, ignored = _pattern().match, tables.WORDS, tables.IGNORE
    at, end = 0, len(text)
    while at < end:
        found = match(text, at)
        if found is None:
            raise UnknownCharacterError(at)
        kind = found.lastgroup
        assert kind is not None
        if kind not in ignored:
            part = found[0]
            yield token(words.get(part, kind), part, at)
        at = found.end()


@cache
def _pattern() -> re.Pattern[str]:
    """A group for each terminal, named after it. The first one that fits counts."""
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in tables.TERMINALS))
