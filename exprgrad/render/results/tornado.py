"""A tornado as a table: what each variable does alone to the value."""

from __future__ import annotations

from exprgrad.jobs.sweep.tornado import Bar, Tornado
from exprgrad.render.documents import Document, finite
from exprgrad.render.sheet import Sheet


def sheets(result: Tornado) -> list[Sheet]:
    """A row for each bar."""
    return [Sheet(Bar._fields, [tuple(bar) for bar in result.bars])]


def tables(result: Tornado) -> list[Sheet]:
    """The same with the swing; where there is one column alone, it is not named."""
    single = len(result.middle) == 1
    header = ("of", "input", "from", "to", "value there", "and there", "swing")
    rows = [(bar.of, bar.input, bar.low, bar.high, bar.at_low, bar.at_high, bar.swing) for bar in result.bars]
    if single:
        return [Sheet(header[1:], [row[1:] for row in rows], whole=("input",))]
    return [Sheet(header, [*rows], whole=("of", "input"))]


def document(result: Tornado) -> Document:
    """The value in the middle, and the bars."""
    return {"middle": finite(result.middle), "bars": lines(result)}


def lines(result: Tornado) -> list[Document]:
    """A document for each bar."""
    return [finite(bar._asdict()) for bar in result.bars]
