"""Text from outside, safe for any terminal; and text of our own, for terminals that lack its characters."""

from __future__ import annotations

_LIKE = {
    "…": "...",
    "±": "+-",
    "−": "-",
    "–": "-",
    "×": "x",
    "·": "*",
    "²": "^2",
    "³": "^3",
    "→": "->",
    "’": "'",
}
_LIKE |= {"π": "pi", "≤": "<=", "≥": ">="}
"""What is read like a character that few encodings have."""


def visible(text: str) -> str:
    """The text with control, format and other unprintable characters written as escapes, safe for any terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)


def encoded(text: str, encoding: str) -> bytes:
    """The text in an encoding. What that lacks is written as something that is read like it, as +- for ±, or as an
    escape."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(c if _has(encoding, c) else _LIKE.get(c, c) for c in text).encode(encoding, "backslashreplace")


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
