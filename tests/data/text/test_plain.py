"""Rows in any dialect are the same rows, in batches of any size; and the numbers in them the same floats."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad.data.table import open_table
from exprgrad.data.text import batches, plain
from exprgrad.data.text.dialect import BLANKS, Dialect, Layout
from exprgrad.data.text.numerals import Numerals
from exprgrad.data.text.plain import Plain
from exprgrad.errors import DataError
from tests.data.layouts import laid_out

ROWS = [
    (Dialect(BLANKS), b'  1  "a  b"\t2 \n \n3 4\t\n"a"" "\n\t5', b'1\t"a  b"\t2\n\n3\t4\n"a"" "\n5'),
    (Dialect(BLANKS), b"  1   2\t 3\t\n4\t\t5 6  \n", b"1\t2\t3\n4\t5\t6\n"),
    (Dialect(BLANKS), b"  1   2\n\n \t\n 3 4", b"1\t2\n3\t4"),
    (Dialect(BLANKS), b"1 2\r\n\r\n 3\t4 \r\n", b"1\t2\r\n\r\n3\t4\r\n"),
    (Dialect(BLANKS), b'1 "a\n  b"  2\r 3  4', b'1\t"a\n  b"\t2\r3\t4'),
    (Dialect(",", comment="#"), b'# 5" long\n1,2\n  # a\n#N/A,3\n"#\n#",4\n#', b'1,2\n#N/A,3\n"#\n#",4\n'),
    (Dialect(BLANKS, comment="//"), b"1 2\n// a\n / 3\n", b"1\t2\n/\t3\n"),
    (Dialect(";", trailing=True), b'1;2;\r\n"a;\n";3;\n4;5\n6;;\n', b'1;2\r\n"a;\n";3\n4;5\n6;\n'),
    (Dialect(";", trailing=True), b";\n1;\n;", b" \n1\n "),
    (Dialect(",", encoding="latin-1"), b"1,\xe9\n", "1,é\n".encode()),
    (Dialect(",", encoding="cp1252"), b"1,\x80\x81\n", "1,€".encode() + b"\x81\n"),
]


@pytest.mark.parametrize(("dialect", "text", "expected"), ROWS)
@pytest.mark.parametrize("window", [1, 5, 1 << 17])
def test_rows_become_plain(dialect: Dialect, text: bytes, expected: bytes, window: int) -> None:
    """But for empty lines, which are no rows, and for blanks around fields without quotes."""
    with mock.patch.object(plain, "_WINDOW", window):
        found = bytes(Plain(dialect).rows(memoryview(text)))
    if dialect.delimiter == BLANKS and b'"' not in text:
        found = re.sub(rb" *([\t\r\n]|^|$) *", rb"\1", found)
    assert _without_empty(found) == _without_empty(expected)


def _without_empty(text: bytes) -> list[bytes]:
    return [line for line in text.replace(b"\r", b"\n").split(b"\n") if line]


NUMBERS = st.floats(allow_nan=False) | st.integers(-(10**6), 10**6).map(float) | st.sampled_from([-0.0, 0.1, 1e22])
TEXTS = st.text(st.sampled_from("ab\"#% \t\n\r,;|é'1."), max_size=5)


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    delimiter = draw(st.sampled_from([",", ";", "|", "\t", BLANKS]))
    decimal = draw(st.sampled_from([mark for mark in ".," if mark != delimiter]))
    thousands = draw(st.sampled_from([mark for mark in ("", ",", ".", "'") if mark not in (delimiter, decimal)] + [""]))
    return Dialect(
        delimiter,
        decimal,
        thousands,
        percent=draw(st.booleans()),
        comment=draw(st.sampled_from(["", "#", "%", "//"])),
        encoding=draw(st.sampled_from(["utf-8", "latin-1", "utf-16", "utf-32-be"])),
        trailing=draw(st.booleans()) and delimiter != BLANKS,
    )


@st.composite
def numbers(draw: st.DrawFn, dialect: Dialect) -> tuple[float, str]:
    """A number, and how it is written in a dialect."""
    value = draw(NUMBERS)
    text = repr(value)
    if dialect.percent and draw(st.booleans()) and "e" not in text and "inf" not in text:
        value, text = float(f"{text}e-2"), text + draw(st.sampled_from(["%", " %"]))
    text = draw(st.sampled_from([text, text.replace("e", "D"), text.replace("e", "d")]))
    whole, point, rest = text.partition(".")
    if dialect.thousands and whole.lstrip("-").isdigit():
        whole = f"{int(whole):,}".replace(",", dialect.thousands) if whole != "-0" else whole
    return value, whole + point.replace(".", dialect.decimal) + rest


@settings(max_examples=300)
@given(data=st.data())
def test_tables_are_read_as_they_were(data: st.DataObject) -> None:
    dialect = data.draw(dialects())
    rows = data.draw(st.lists(st.tuples(numbers(dialect), TEXTS, numbers(dialect)), min_size=1, max_size=8))
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    gaps = st.sampled_from([" ", "\t", "   "]) if dialect.delimiter == BLANKS else st.just(dialect.delimiter)
    around = st.sampled_from(["", "", " "]) if dialect.delimiter == BLANKS else st.just("")
    lines = []
    for (_, x), text, (_, y) in rows:
        fields = [f'"{x}"', '"' + text.replace('"', '""') + '"', f'"{y}"' if set(y) & set(",. %'") else y]
        line = data.draw(around) + fields[0] + data.draw(gaps) + fields[1] + data.draw(gaps) + fields[2]
        lines.append(line + (dialect.delimiter if dialect.trailing else data.draw(around)))
        if dialect.comment and data.draw(st.booleans()):
            lines.append(dialect.comment + ' 5" "')
    content = end.join(lines).encode(dialect.encoding)
    with (
        tempfile.TemporaryDirectory() as folder,
        laid_out(Layout(dialect, ("x", "s", "y"), 0)),
        mock.patch.object(batches, "BATCH", data.draw(st.integers(1, 99))),
        mock.patch.object(plain, "_WINDOW", data.draw(st.integers(1, 99))),
    ):
        path = Path(folder, "d.csv")
        path.write_bytes(content)
        try:
            found = list(open_table([str(path)]).rows(["x", "y"]))
        except DataError as error:  # a text such as 1.1 beside decimal commas
            if dialect.decimal == "," and "would be one in CSV" in error.message:
                return
            raise
        for name, place in (("x", 0), ("y", 2)):
            values = np.concatenate([columns[name] for _, columns in found])
            assert values.tolist() == [row[place][0] for row in rows]
        texts = [text for batch, _ in found for text in batch.column(1).to_pylist()]
        written = Numerals(dialect).in_csv(pa.array([row[1] for row in rows], pa.string())).to_pylist()  # 1'000 as 1000
        assert texts in ([row[1] for row in rows], written) or dialect.delimiter not in ",\t"
        assert sum(len(columns["y"]) for columns in open_table([str(path)]).columns(["y"])) == len(rows)


@settings(max_examples=100)
@given(
    rows=st.lists(st.tuples(NUMBERS, st.text("ab'#é", min_size=1), NUMBERS), min_size=1, max_size=8),
    blanks=st.lists(st.text(" \t", min_size=1, max_size=3), min_size=4, max_size=4),
    size=st.integers(1, 99),
)
def test_blanks_around_fields_mean_nothing(rows: list[tuple[float, str, float]], blanks: list[str], size: int) -> None:
    before, first, second, after = blanks
    lines = [f"{before}{x}{first}{word}{second}{y}{after}\n{after}" for x, word, y in rows]
    with (
        tempfile.TemporaryDirectory() as folder,
        laid_out(Layout(Dialect(BLANKS), ("x", "s", "y"), 0)),
        mock.patch.object(batches, "BATCH", size),
        mock.patch.object(plain, "_WINDOW", size),
    ):
        path = Path(folder, "d.dat")
        path.write_text("".join(lines), "utf-8")
        table = open_table([str(path)])
        found = [row for batch, _ in table.rows(["x", "y"]) for row in batch.to_pylist()]
    assert [tuple(row.values()) for row in found] == [(str(x), word, str(y)) for x, word, y in rows]


def test_texts_keep_their_blanks() -> None:
    """Only a number that is written otherwise in CSV is written anew."""
    texts = pa.array(["1\t", " 1'234 ", "1", "a ", " 2.5", None])
    found = Numerals(Dialect(",", thousands="'")).in_csv(texts)
    assert found.to_pylist() == ["1\t", "1234", "1", "a ", " 2.5", None]
