"""Sheets as tables for people. The only import of rich."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from exprgrad.render.sheet import Cell, Sheet, cell_text
from exprgrad.text.escapes import visible

_UNBOUNDED = 100_000
"""Width of a table that does not go to a terminal: nothing is wrapped."""


_NAME = 8
"""Least width of a column of texts, which are folded where the terminal is narrow; numbers never are."""
_HEADINGS = {"gradient": "dL/d"}
"""What people call some columns."""


def table(sheet: Sheet) -> str:
    """The sheet as a table as wide as the terminal, or wider where its numbers need it: nothing is cut."""
    console = _console()
    grid = Table(box=box.ROUNDED if console.encoding.startswith("utf") else box.ASCII, header_style="bold")
    needed = 1
    for index, title in enumerate(sheet.header):
        cells = [row[index] for row in sheet.rows]
        texts = [_text(_HEADINGS.get(title, title)), *map(_text, cells)]
        number = bool(cells) and not all(isinstance(cell, str) for cell in cells)
        width = max(text.cell_len for text in texts)
        least = width if number else min(_NAME, width)
        needed += least + 3  # a border, and a space on both sides
        grid.add_column(texts[0], justify="right" if number else "left", overflow="fold", no_wrap=number)
    for row in sheet.rows:
        grid.add_row(*map(_text, row))
    console.width = max(console.width, needed)
    with console.capture() as capture:
        console.print(grid)
    return "".join(line.rstrip() + "\n" for line in capture.get().splitlines())


def fits(sheet: Sheet) -> bool:
    """Whether the terminal is wide enough for the table without folding any text."""
    widths = [max(_text(cell).cell_len for cell in column) for column in zip(sheet.header, *sheet.rows, strict=True)]
    return sum(widths) + 3 * len(widths) + 1 <= _console().width


def _console() -> Console:
    console = Console(file=sys.stdout)
    if console.is_terminal and sys.stdout.isatty():
        return console
    return Console(file=sys.stdout, width=_UNBOUNDED)


_SHOWN = 6
"""Up to so many rows, a column in a cell is shown whole."""


def _text(cell: Cell) -> Text:
    if isinstance(cell, str | float | int) or len(cell) <= _SHOWN:
        return Text(visible(cell_text(cell)))
    return Text(f"{cell_text(cell[:3])},…,{cell_text(cell[-1:])} ({len(cell):,} rows)")
