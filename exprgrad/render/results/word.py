"""A word of the language that is no function: what there is to say of it."""

from __future__ import annotations

from exprgrad.functions.table import CONSTANTS
from exprgrad.functions.words import Word
from exprgrad.render.documents import Document, finite
from exprgrad.render.sheet import Sheet


def sheets(result: Word) -> list[Sheet]:
    """What is said, under headings."""
    return [Sheet((result.call, ""), list(result.entries))]


def document(result: Word) -> Document:
    """The same."""
    said: Document = {"call": result.call, **dict(result.entries)}
    return said | ({"value": finite(CONSTANTS[result.call])} if result.call in CONSTANTS else {})


def lines(result: Word) -> list[Document]:
    """One document."""
    return [document(result)]
