"""Rows that begin with a text where the others have a number: found whichever columns are used, and found soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from exprgrad.data.formats.fields import Fields
from exprgrad.data.formats.strays import may_be_strays
from exprgrad.data.table import open_table
from exprgrad.data.text.dialect import BLANKS, Dialect
from exprgrad.errors import DataError
from tests.data.tables import read

TEXTS = ["note", " note", '"note"', '" note"', "*note", "$note", "'note'", "-note", "+note", ".note", "[note]", "é"]


@pytest.mark.parametrize("delimiter", [",", "\t", "|", " "])
@pytest.mark.parametrize("text", TEXTS)
def test_a_text_among_numbers_is_never_counted_in(text: str, delimiter: str, tmp_path: Path) -> None:
    rows = [f"{k}{delimiter}2" for k in range(1000)]
    lines = ["x" + delimiter + "y", *rows, text + delimiter + "3", *rows]
    path = tmp_path / "d.csv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match=r'd.csv, row 1001, column "x": .* is not a number'):
        read(open_table([str(path)], nulls="skip"), ["y"])


NUMBERS = ["1,2", "-1,2", "  1,2", '"1",2', "+.5,2", "(1),2", "*,2", ",2", "-,a", "1e5,a", ' "-1" ,a', "1,a\r2,b", ""]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", BLANKS])
@pytest.mark.parametrize("row", NUMBERS)
def test_rows_that_begin_with_numbers_are_not_read_twice(row: str, delimiter: str) -> None:
    fields = Fields(Dialect(delimiter, labels=True), ("x", "y"))
    for end in "\n", "\r\n", "":
        rows = fields.plain(memoryview((row.replace(",", delimiter) + end).encode()))
        assert not may_be_strays(fields, rows)
