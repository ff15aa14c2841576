"""The table on a real terminal: numbers are rounded, but never cut or folded, however narrow it is."""

from __future__ import annotations

import re

import pytest

from exprgrad.render.sheet import Cell, Sheet
from exprgrad.render.table import table
from tests.terminals import on_terminal

NUMBERS = ["8.123456", "24.370368", "4.999999770820381", "29.37036777082038", "1.0000015463619876", "5.000007731809938"]


EVAL = ["eval", "relu(x1*w1)+gelu(x2*w2)", "--x1", "8.123456", "--x2", "5", "--w1", "3", "--w2", "1", "--all"]


@pytest.mark.parametrize("columns", [20, 40, 60, 200])
def test_numbers_lose_digits_before_a_column_is_left_out(columns: int) -> None:
    shown = re.sub("\x1b\\[[0-9]*m", "", on_terminal(columns, *EVAL))
    digits = 6 if columns >= 40 else 4
    assert "│ name" in shown
    assert all(f" {float(number):.{digits}g} " in shown for number in NUMBERS[: 6 if columns >= 40 else 4])
    assert ("not shown: dL/d" in shown) == (columns < 40)
    assert max(map(len, shown.splitlines())) <= columns


def test_all_digits_where_they_are_asked_for() -> None:
    assert all(number in on_terminal(80, *EVAL, "--digits", "17") for number in NUMBERS)


def test_no_color_and_force_color() -> None:
    assert "\x1b[1m" in on_terminal(80, "eval", "a", "--a", "1")
    assert not re.search("\x1b\\[3[0-9]m", on_terminal(80, "eval", "a", "--a", "1", NO_COLOR="1"))


def test_names_are_text_and_never_markup() -> None:
    from exprgrad.render.sheet import Sheet
    from exprgrad.render.table import table

    assert "[bold]x[/bold]" in table(Sheet(("name",), [("[bold]x[/bold]",)]))
    assert "\\x1b[31m" in table(Sheet(("name",), [("\x1b[31mred",)]))


@pytest.mark.parametrize("terminal", [True, False])
def test_many_rows_are_drawn_as_few_are(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    rows: list[tuple[Cell, ...]] = [(name, 1.5**k, k) for k, name in enumerate(["a", "µ", "日本", "x y", ""] * 30)]
    sheet = Sheet(("name", "value", "n"), rows)
    mine = table(sheet, width=60 if terminal else None, to_file=not terminal)
    monkeypatch.setattr("exprgrad.render.table._MANY", len(rows))
    assert mine == table(sheet, width=60 if terminal else None, to_file=not terminal)
