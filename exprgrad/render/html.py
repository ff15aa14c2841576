"""Tables of numbers as HTML, for pages and notebooks. Every text is escaped; there are no scripts and no colours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

from exprgrad.render.sheet import DIGITS, Cell, cell_text
from exprgrad.text.escapes import visible
from exprgrad.text.numbers import rounded

_SHOWN = 6
"""Up to so many numbers of a column are shown in a cell; of a longer one the first and the last ones."""


def text(value: str) -> str:
    """A text from outside, which has neither tags nor control characters."""
    return escape(visible(value))


def table(
    header: Sequence[str], rows: Sequence[tuple[Cell, ...]], *, alone: bool = False, codes: Collection[str] = ()
) -> str:
    """Numbers have six digits, and all digits where one points at them. A table that stands `alone`, on a page that is
    not ours, aligns its cells itself. The columns `codes` hold expressions."""
    places = range(len(header or (rows[0] if rows else ())))
    styles = [_style(rows, place) if alone else "" for place in places]
    sides = styles if alone else [' class="number"' if _is_number(rows, place) else "" for place in places]
    heads = (f"<th{style}>{text(title)}</th>" for title, style in zip(header, sides, strict=False))
    head = f"<thead><tr>{''.join(heads)}</tr></thead>" if header else ""
    marked = [title in codes for title in header] if header else [False] * len(styles)
    body = "".join(f"<tr>{''.join(map(_cell, row, styles, marked))}</tr>" for row in rows)
    inherited = ' style="color: inherit"' if alone else ""  # which a page without a doctype would not do
    return f"<table{inherited}>{head}<tbody>{body}</tbody></table>"


def _style(rows: Sequence[tuple[Cell, ...]], place: int) -> str:
    """Numbers stand at the right, texts at the left, whatever the page's own style is."""
    return f' style="text-align: {"right" if _is_number(rows, place) else "left"}"'


def _is_number(rows: Sequence[tuple[Cell, ...]], place: int) -> bool:
    """Whether a column has numbers."""
    return any(not isinstance(row[place], str) for row in rows)


def _cell(cell: Cell, style: str, code: bool) -> str:
    if isinstance(cell, str):
        shown = text(cell)
        return f"<td{style}><code>{shown}</code></td>" if code and cell else f"<td{style}>{shown}</td>"
    kind = style or ' class="number"'
    if isinstance(cell, float):
        return f'<td{kind} title="{cell_text(cell)}">{rounded(cell, DIGITS)}</td>'
    if isinstance(cell, int):
        return f"<td{kind}>{cell}</td>"
    return f"<td{kind}>{text(_column(cell))}</td>"


def _column(cell: Cell) -> str:
    numbers: Sequence[float] = list(map(float, cell))  # type: ignore[arg-type]
    if len(numbers) <= _SHOWN:
        return ", ".join(rounded(x, DIGITS) for x in numbers)
    ends = [*numbers[: _SHOWN // 2], numbers[-1]]
    first = ", ".join(rounded(x, DIGITS) for x in ends[:-1])
    return f"{first}, …, {rounded(ends[-1], DIGITS)} ({len(numbers):,} rows)"
