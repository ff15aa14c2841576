"""A terminal that pictures are shown on, and what it can show."""

from __future__ import annotations

from typing import NamedTuple

_BRAILLE = 0x2800
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TOP, _BOTTOM = 0b00011011, 0b11100100
"""The dots of a Braille character above its middle, and those below."""
_PLAIN = {"┤": "+", "├": "+", "└": "+", "│": "|", "─": "-", "━": "-", "…": "~", "•": "o"}
_PLAIN |= dict.fromkeys("▐█▉▊▋▌", "#") | dict.fromkeys("▍▎▏", "'")


class Screen(NamedTuple):
    """Where the plot is shown."""

    columns: int
    lines: int
    colours: bool
    unicode: bool
    """Whether it can show Braille; else dots, colons and quotes stand for it."""
    digits: int | None = None
    """Significant digits of the numbers at the axes; by default 4, or 2 where there is little room."""


def cut(text: str, width: int) -> str:
    """A text in so many columns."""
    width = max(width, 8)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def plain(character: str) -> str:
    """A character in ASCII: dots above the middle are a quote, below it a point."""
    dots = ord(character) - _BRAILLE
    if 0 <= dots < 256:
        if not dots:
            return " "
        above, below = bool(dots & _TOP), bool(dots & _BOTTOM)
        return ":" if above and below else "'" if above else "."
    if character in _RAISED:
        return str(_RAISED.index(character))
    return _PLAIN.get(character, character if character.isascii() else "?")
