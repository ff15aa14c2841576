"""Rows that begin with a text where the others have a number, which may be none: a total, or the end of the data."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.data.text.footers import TOTAL
from exprgrad.data.text.look.cells import VALUES, Cells, Kind
from exprgrad.data.text.look.shape import Row


def are_labels(rows: Sequence[Row], cells: Cells) -> bool:
    """Whether a text that begins a row may be a label: not where some rows have a text among others with a number, as
    codes are."""
    firsts = [row[0] for row in rows]
    last = max((place for place, field in enumerate(firsts) if cells.kind(field) in VALUES), default=0)
    return all(cells.kind(field) is not Kind.TEXT or TOTAL.fullmatch(field.strip()) for field in firsts[:last])
