"""Sheets as tables for people, drawn by rich."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import StringIO
from textwrap import wrap

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from exprgrad.render.layout import Grid, Paper, lay_out
from exprgrad.render.sheet import DIGITS, Sheet, cell_text

_UNBOUNDED = 100_000
"""Width of a table that nobody said the width of."""
_MANY = 100
"""Rows of a table that rich does not draw line by line."""
_NAMED = 12
"""So many of the columns that are left out are named, or their results."""


def table(sheet: Sheet, digits: int | None = None, *, width: int | None = None, to_file: bool = False) -> str:
    """The sheet as a table that is no wider than the terminal, or than `width`, unless it goes `to_file`. For that,
    numbers lose digits, texts are folded or cut, and columns are left out and named below, with their results; only
    where there is no room for two columns it is wider.

    By default numbers have 6 digits on a terminal, all elsewhere. Within a `width` they have 6, and nothing is bold.
    """
    console, bounded = _console(width, to_file=to_file)
    shown = digits or (DIGITS if bounded else None)
    grid = lay_out(sheet, Paper(console.width, console.encoding), shown, fixed=digits is not None)
    style = box.ROUNDED if console.encoding.startswith("utf") else box.ASCII
    drawn = Table(box=style, header_style="bold")
    for title, width, number in zip(grid.header, grid.widths, grid.numbers, strict=True):
        drawn.add_column(Text(title), justify="right" if number else "left", width=width, overflow="fold")
    rows = list(zip(*grid.columns, strict=True))
    plain = len(rows) > _MANY and all(
        cell_len(text) <= width for texts, width in zip(grid.columns, grid.widths, strict=True) for text in texts
    )
    for row in rows[:1] if plain else rows:
        drawn.add_row(*map(Text, row))
    room, console.width = console.width, _UNBOUNDED
    with console.capture() as capture:
        console.print(drawn)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    if plain:
        lines[-2:-1] = [_line(row, grid, style.mid_vertical) for row in rows]
    if grid.hidden:
        lines += _left_out(sheet, grid.hidden, digits or DIGITS, room)
    return "".join(f"{line}\n" for line in lines)


def _line(row: Sequence[str], grid: Grid, border: str) -> str:
    """A row of a table in which no text is folded, as rich draws it, in a hundredth of the time."""
    cells = zip(row, grid.widths, grid.numbers, strict=True)
    padded = [
        " " * (width - cell_len(text)) + text if number else text + " " * (width - cell_len(text))
        for text, width, number in cells
    ]
    return f"{border} {f' {border} '.join(padded)} {border}"


def _left_out(sheet: Sheet, hidden: list[str], digits: int, width: int) -> list[str]:
    """What is not in the table, how to see it, and the results in it."""
    results = [
        f"{name} = {cell_text(sheet.rows[-1][k], digits)}"
        for k, name in enumerate(sheet.header)
        if name in sheet.result and name in hidden
    ]
    below = [f"not shown: {_some(hidden)}; widen the terminal, or --format plain"]
    below += [f"in the last row: {_some(results)}"] if results else []
    return [line for part in below for line in wrap(part, width, break_on_hyphens=False)]


def _some(parts: list[str]) -> str:
    """The first of what the table has no room for, and how many more there are."""
    return ", ".join([*parts[:_NAMED], *([f"{len(parts) - _NAMED} more"] if len(parts) > _NAMED else [])])


def _console(width: int | None, *, to_file: bool) -> tuple[Console, bool]:
    """Where the table is shown, and whether its width is known: it was said, that of a terminal, or in COLUMNS."""
    if to_file:
        return Console(file=StringIO(), width=_UNBOUNDED, force_terminal=False, force_jupyter=False), False
    if width is not None:
        return Console(file=sys.stdout, width=width, force_terminal=False, force_jupyter=False), True
    console = Console(file=sys.stdout)
    if console.is_terminal and sys.stdout.isatty():
        return console, True
    columns = os.environ.get("COLUMNS", "")
    said = int(columns) if columns.isdecimal() and int(columns) else 0
    return Console(file=sys.stdout, width=said or _UNBOUNDED), bool(said)
