"""Rows at the end that are no rows: each is an error that says how to leave it out, whichever columns are used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import open_table
from exprgrad.errors import DataError
from tests.data.formats.test_kinds import xlsx
from tests.data.tables import read

NUMBERS = [(str(k), str(2 * k)) for k in range(1, 4)]
MANY = [(str(k), "2") for k in range(2000)]
TEXTS = [("a", "1"), ("b", "2"), ("c", "3")]
ROWS = [("numbers", NUMBERS), ("many numbers", MANY), ("texts", TEXTS)]

FOOTERS = ["Total,6", "Sum,6", "Summe,6", "Average,2", "Mean:,2", "TOTAL,", "\nTotal,6", "Grand total,6", '"Total",6']
FOOTERS += ["Total,6\nMean,2", "Minimum,1", "std,0.8", " Total,6"]
OF_NUMBERS = ["Subtotal,6", "END,0", "Anything,6", "Ende,", "Max,9", "(n = 3),6", "[end],1"]
RAGGED = [
    "END",
    "---",
    "Total",
    "Total 6",
    "*** END ***",
    "(3 rows)",
    "3 rows in set",
    "sum,6,",
    "EOF",
    "====",
]


def written(folder: Path, rows: list[tuple[str, str]], footer: str, delimiter: str = ",") -> str:
    path = folder / "d.csv"
    lines = [("x", "y"), *rows]
    path.write_text("\n".join(map(delimiter.join, lines)) + "\n" + footer.replace(",", delimiter) + "\n")
    return str(path)


def ways(message: str) -> list[str]:
    """The values of --comment that a message gives."""
    return [quoted or plain for quoted, plain in re.findall(r"--comment (?:'([^']+)'|(\w+))", message)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("rows", "footer"),
    [
        pytest.param(rows, footer, id=f"{what}-{footer}")
        for what, rows in ROWS
        for footer in [*FOOTERS, *([] if what == "texts" else OF_NUMBERS), *RAGGED]
    ],
)
def test_what_ends_a_table_is_never_counted_in(
    rows: list[tuple[str, str]], footer: str, delimiter: str, tmp_path: Path
) -> None:
    path = written(tmp_path, rows, footer, delimiter)
    with pytest.raises(DataError) as raised:
        read(open_table([path], nulls="skip"), ["y"])
    message = str(raised.value)
    assert f"d.csv, row {len(rows) + 1}" in message or f"d.csv, line {len(rows) + 2}" in message
    marks = ways(message)
    assert marks or "grep -v" in message or (delimiter == "\t" and footer == "(3 rows)")
    if marks and "Mean" not in footer.partition("\n")[2]:
        table = open_table([path], options=ReadOptions(comment=marks[0]))
        assert read(table, ["y"])["y"].tolist() == [float(y) for _, y in rows]


NAMES = [
    [("mean", "3"), ("std", "1"), ("min", "2"), ("total", "9")],
    [("Total", "3"), ("Men", "1"), ("Women", "2"), ("Total", "9")],
    [("a", "3"), ("mean", "1"), ("b", "2"), ("mean", "9")],
    [("Anna", "3"), ("Max", "1")],
]


@pytest.mark.parametrize("rows", NAMES)
def test_names_that_only_look_like_totals_are_rows(rows: list[tuple[str, str]], tmp_path: Path) -> None:
    path = written(tmp_path, rows[:-1], ",".join(rows[-1]))
    assert read(open_table([path]), ["y"])["y"].tolist() == [float(y) for _, y in rows]


def test_codes_among_numbers_are_rows(tmp_path: Path) -> None:
    path = written(tmp_path, [("1", "2"), ("A7", "3"), ("8", "4")], "B9,5")
    assert read(open_table([path]), ["y"])["y"].tolist() == [2, 3, 4, 5]


def test_a_row_that_is_said_to_be_one(tmp_path: Path) -> None:
    path = written(tmp_path, NUMBERS, "Total,6")
    assert read(open_table([path], options=ReadOptions(comment="")), ["y"])["y"].tolist() == [2, 4, 6, 6]


@pytest.mark.parametrize("rows", [NUMBERS, TEXTS])
def test_a_total_in_a_sheet(rows: list[tuple[str, str]], tmp_path: Path) -> None:
    path = tmp_path / "d.xlsx"
    cells = [[int(x) if x.isdigit() else x, int(y)] for x, y in rows]
    path.write_bytes(xlsx(A=[["x", "y"], *cells, ["Total", 12]]))
    with pytest.raises(DataError, match=r'd.xlsx, row 4, column "x": "Total" .*; give --comment Total to leave it out'):
        read(open_table([str(path)]), ["y"])
    table = open_table([str(path)], options=ReadOptions(comment="Total"))
    assert read(table, ["y"])["y"].tolist() == [float(y) for _, y in rows]
