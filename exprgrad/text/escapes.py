"""Text from outside, safe for any terminal."""

from __future__ import annotations


def visible(text: str) -> str:
    """The text with control, format and other unprintable characters written as escapes, safe for any terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)
