"""How texts are written is worked out, or asked for: files in the shape of real ones, each with others of its kind."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.dialects import verdict
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.table import Table, open_table
from exprgrad.data.text.dialect import Layout
from exprgrad.data.text.sniff import worked_out
from exprgrad.errors import DataError, UsageError
from tests.data.dialects import drawn, is_text, same
from tests.data.tables import read, whole

Options = dict[str, Any]


class _Raw(io.BytesIO, io.RawIOBase):
    """Bytes in memory as a file."""


def look(content: bytes, options: Options | None = None, usual: str = ",", name: str = "d.csv") -> Layout:
    """The layout of a file."""
    source = ByteSource(name, lambda peek: _Raw(content))
    return worked_out(source, ReadOptions(**(options or {})), usual)


def opened(folder: Path, content: str | bytes, options: Options | None = None) -> Table:
    """The table of a file."""
    path = folder / "d.csv"
    path.write_bytes(as_bytes(content))
    return open_table([str(path)], nulls="nan", options=ReadOptions(**(options or {})))


def as_bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


MANY = [f"x{k}" for k in range(20)]

READ: list[tuple[str, str | bytes, list[str], list[list[object]], str]] = [
    # what, content, names, columns, note
    ("plain", "t,y\n0,2.5\n1,3\n", ["t", "y"], [[0, 1], [2.5, 3]], ""),
    (
        "gnuplot",
        "# time  voltage\n0 2.02\n1 1.22\n",
        ["time", "voltage"],
        [[0, 1], [2.02, 1.22]],
        "separated by blanks",
    ),
    ("no blank after the mark", "#t y\n0 2\n1 1\n", ["t", "y"], [[0, 1], [2, 1]], "names from the comment in line 1"),
    ("savetxt", "# t,y\n0,2\n1,1\n", ["t", "y"], [[0, 1], [2, 1]], "names from the comment in line 1"),
    ("two blanks in names", "# time (s)  U (V)\n0 2\n1 1\n", ["time (s)", "U (V)"], [[0, 1], [2, 1]], "line 1"),
    ("columns:", "# Columns: t y\n0 2\n1 1\n", ["t", "y"], [[0, 1], [2, 1]], "line 1"),
    ("a rule", "# t y\n# ------\n0 2\n1 1\n", ["t", "y"], [[0, 1], [2, 1]], "2 comment lines"),
    ("units in a comment", "# t y\n# s V\n0 2\n1 1\n", ["t", "y"], [[0, 1], [2, 1]], "units s, V in line 2"),
    ("prose above", "# measured by hand on Monday\n0 2\n1 1\n", ["c1", "c2"], [[0, 1], [2, 1]], "columns c1, c2"),
    ("header in blanks", "t  y\n0  2 \n1  1 \n", ["t", "y"], [[0, 1], [2, 1]], "separated by blanks"),
    ("fixed width", "   t      y\n 0.0   2.02\n10.0  -1.22\n", ["t", "y"], [[0, 10], [2.02, -1.22]], "blanks"),
    ("tabs and blanks", "t \ty\n0\t 2\n1  1\n", ["t", "y"], [[0, 1], [2, 1]], "separated by blanks"),
    ("percent", "% t y\n0 2\n% half\n1 1\n", ["t", "y"], [[0, 1], [2, 1]], "2 comment lines"),
    ("exclamation", "! a b c d\nt,y\n0,2\n! half\n1,1\n", ["t", "y"], [[0, 1], [2, 1]], "2 comment lines"),
    ("slashes", "// a b c d\nt,y\n0,2\n  // half\n1,1\n", ["t", "y"], [[0, 1], [2, 1]], "2 comment lines"),
    ("European", "t;y\n0;2,02\n1;1,22\n", ["t", "y"], [[0, 1], [2.02, 1.22]], "semicolons, decimal comma"),
    ("European in blanks", "t y\n0 2,02\n1 1,22\n", ["t", "y"], [[0, 1], [2.02, 1.22]], "blanks, decimal comma"),
    ("European in tabs", "t\ty\n0\t2,02\n1\t1,22\n", ["t", "y"], [[0, 1], [2.02, 1.22]], "tabs, decimal comma"),
    ("European in quotes", 't,y\n0,"2,02"\n1,"1,22"\n', ["t", "y"], [[0, 1], [2.02, 1.22]], "decimal comma"),
    ("European, one column", "y\n2,02\n1,22\n", ["y"], [[2.02, 1.22]], "decimal comma"),
    ("European with texts", "a;y\nx,1;2,5\nz,2;3,5\n", ["a", "y"], [["x,1", "z,2"], [2.5, 3.5]], "semicolons"),
    ("0,125 is no thousand", "t;y\n0;0,125\n1;1,250\n", ["t", "y"], [[0, 1], [0.125, 1.25]], "decimal comma"),
    ("two columns", "t,y\n2,02\n1,22\n", ["t", "y"], [[2, 1], [2, 22]], ""),
    ("sep=", "sep=;\nt;y\n0;2,5\n", ["t", "y"], [[0], [2.5]], "separated by semicolons, decimal comma"),
    ("sep= a tab", "sep=\t\nt\ty\n0\t2\n", ["t", "y"], [[0], [2]], "separated by tabs"),
    ("bars", "t|y\n0|2\n1|1\n", ["t", "y"], [[0, 1], [2, 1]], "separated by bars"),
    ("no header", "1,2\n3,4\n5,6\n", ["c1", "c2"], [[1, 3, 5], [2, 4, 6]], "no header: columns c1, c2"),
    ("no header, one line", "1,2\n", ["c1", "c2"], [[1], [2]], "no header: columns c1, c2"),
    ("no header, one column", "1\n2\n", ["c1"], [[1, 2]], "no header: column c1"),
    ("no header, texts", "a,1\nb,2\n", ["c1", "c2"], [["a", "b"], [1, 2]], "no header"),
    ("no header, dates", "2020-01-01,1\n2020-01-02,2\n", ["c1", "c2"], [["2020-01-01", "2020-01-02"], [1, 2]], "c1"),
    ("no header, missing", "1,NA\n3,4\n", ["c1", "c2"], [[1, 3], [None, 4]], "no header"),
    (
        "header over dates",
        "day,y\n2020-01-01,1\n2020-01-02,2\n",
        ["day", "y"],
        [["2020-01-01", "2020-01-02"], [1, 2]],
        "",
    ),
    ("a title", "Decay of a sample\nt,y\n0,2\n1,1\n", ["t", "y"], [[0, 1], [2, 1]], "1 line before the header"),
    ("a title and a gap", "Decay\n\nt,y\n0,2\n1,1\n", ["t", "y"], [[0, 1], [2, 1]], "1 line before the header"),
    (
        "a title in a sheet",
        "Decay,,\n,,\nt,y,z\n0,2,5\n",
        ["t", "y", "z"],
        [[0], [2], [5]],
        "2 lines before the header",
    ),
    ("an instrument", "Date: 2020-01-01\nGain=5\nt y\n0 2\n1 1\n", ["t", "y"], [[0, 1], [2, 1]], "2 lines before"),
    ("pairs in a sheet", "Gain,5,\nBy,A. Smith,\nt,y,z\n0,1,2\n", ["t", "y", "z"], [[0], [1], [2]], "2 lines before"),
    ("units", "t,y\ns,V\n0,2\n1,1\n", ["t", "y"], [[0, 1], [2, 1]], "units s, V in line 2"),
    ("units in brackets", "t;y\n[s];(°C)\n0;2\n1;1\n", ["t", "y"], [[0, 1], [2, 1]], "units [s], (°C) in line 2"),
    ("units of a product", "t,y\nµs,kg m^2/s²\n0,2\n", ["t", "y"], [[0], [2]], "in line 2"),
    (
        "a title, a header, units",
        "Run 7 of 9\nt,y\ns,\n0,2\n",
        ["t", "y"],
        [[0], [2]],
        "1 line before the header, units s",
    ),
    ("a rule under the header", "t y\n--- ---\n0 2\n", ["t", "y"], [[0], [2]], "a rule under the header"),
    ("Latin-1", "t,T (°C)\n0,2\n".encode("latin-1"), ["t", "T (°C)"], [[0], [2]], "Windows-1252 text"),
    ("UTF-8 with BOM", "t,T (°C)\n0,2\n".encode("utf-8-sig"), ["t", "T (°C)"], [[0], [2]], ""),
    ("UTF-16", "t,y\n0,2\n".encode("utf-16"), ["t", "y"], [[0], [2]], "UTF-16 text"),
    ("UTF-16, big", b"\xfe\xff" + "t;Ω\n0;2,5\n".encode("utf-16-be"), ["t", "Ω"], [[0], [2.5]], "UTF-16 text"),
    ("UTF-16 without BOM", "t,y\n0,2\n".encode("utf-16-le"), ["t", "y"], [[0], [2]], "UTF-16 text"),
    ("UTF-32", "t,y\n0,2\n".encode("utf-32"), ["t", "y"], [[0], [2]], "UTF-32 text"),
    ("CR alone", "t,y\r0,2\r1,1\r", ["t", "y"], [[0, 1], [2, 1]], ""),
    ("CRLF", "t;y\r\n0;2,5\r\n", ["t", "y"], [[0], [2.5]], "semicolons"),
    ("D exponents", "t y\n0 0.1D+02\n1 -.5d-1\n", ["t", "y"], [[0, 1], [10, -0.05]], "separated by blanks"),
    ("NaN", "x,y\n1,NaN\n2,3\n", ["x", "y"], [[1, 2], [None, 3]], ""),
    ("an error of a sheet first", "x,y\n#N/A,1\n2,3\n", ["x", "y"], [[None, 2], [1, 3]], ""),
    (
        "write.table",
        '"a" "b"\n"1" 2 3\n"2" 4 5\n',
        ["row", "a", "b"],
        [["1", "2"], [2, 4], [3, 5]],
        "names of the rows",
    ),
    (
        "write.table of texts",
        '"a" "b"\n"M x" "u" 3\n"N" "v" 5\n',
        ["row", "a", "b"],
        [["M x", "N"], ["u", "v"], [3, 5]],
        "row",
    ),
    ("row names in tabs", "a\tb\nr1\t2\t3\nr2\t4\t5\n", ["row", "a", "b"], [["r1", "r2"], [2, 4], [3, 5]], "row"),
    ("row is taken", '"row" "b"\n"1" 2 3\n', ["row_", "row", "b"], [["1"], [2], [3]], "row_"),
    ("trailing commas", "a,b\n1,2,\n3,4,\n", ["a", "b"], [[1, 3], [2, 4]], "a delimiter at the end of each row"),
    ("trailing commas everywhere", "a;b;\n1;2;\n", ["a", "b"], [[1], [2]], "at the end of each row"),
    ("trailing commas or a column", "1,2,\n3,4,\n", ["c1", "c2", "c3"], [[1, 3], [2, 4], [None, None]], "c1, c2, c3"),
    ("names of all in a comment", "# a,b\n1,\n3,\n", ["a", "b"], [[1, 3], [None, None]], "comment in line 1"),
    ("a trailing comma in the header", "a,b,\n1,2\n3,4\n", ["a", "b"], [[1, 3], [2, 4]], ""),
    ("an index without a name", ",y\n0,2\n1,4\n", ["", "y"], [[0, 1], [2, 4]], ""),
    (
        "what an oscilloscope says under the names",
        "X,CH1,Start,Increment,\r\nSequence,Volt,-6.0e-03,1.0e-06\r\n0,1.5,,\r\n1,1.6,,\r\n",
        ["X", "CH1", "Start", "Increment"],
        [[0, 1], [1.5, 1.6], [None, None], [None, None]],
        "no row in line 2: Sequence, Volt, -6.0e-03, 1.0e-06",
    ),
    (
        "the same with decimal commas",
        "X;CH1;dt\nSequence;Volt;1,5\n0;1,5;\n1;1,6;\n",
        ["X", "CH1", "dt"],
        [[0, 1], [1.5, 1.6], [None, None]],
        "no row in line 2",
    ),
    ("decimal commas, then texts", "T unit\n1,2 kg\n2,3 kg\n", ["T", "unit"], [[1.2, 2.3], ["kg", "kg"]], "comma"),
    (
        "a file of USGS",
        "# remark\nsite\tday\t00060\t00060_cd\n5s\t20d\t14n\t10s\nA\t2020-01-01\t12\tP\nA\t2020-01-02\t13\tP\n",
        ["site", "day", "00060", "00060_cd"],
        [["A", "A"], ["2020-01-01", "2020-01-02"], [12, 13], ["P", "P"]],
        "formats of the columns in line 3",
    ),
    (
        "a file of LabVIEW",
        "LabVIEW Measurement\t\nWriter_Version\t2\n***End_of_Header***\t\n\t\nChannels\t1\t\n***End_of_Header***\t\t\n"
        "X_Value\tVoltage\tComment\n0.0\t1.5\t\n0.1\t2.5\t\n",
        ["X_Value", "Voltage", "Comment"],
        [[0, 0.1], [1.5, 2.5], [None, None]],
        "a header of LabVIEW, 6 lines",
    ),
    (
        "hundreds of titles",
        "".join(f"title {k} of this report\n" for k in range(400)) + "t,y\n0,2\n1,3\n",
        ["t", "y"],
        [[0, 1], [2, 3]],
        "400 lines before the header",
    ),
    (
        "hundreds of pairs",
        "".join(f"key{k}: value\n" for k in range(900)) + "t;y\n0;2\n1;3\n",
        ["t", "y"],
        [[0, 1], [2, 3]],
        "900 lines before the header",
    ),
    ("a name #", "#,name,x\n1,a,2\n2,b,3\n", ["#", "name", "x"], [[1, 2], ["a", "b"], [2, 3]], ""),
    ("a mark, then names", "#\tt\ty\n0\t2\n1\t1\n", ["t", "y"], [[0, 1], [2, 1]], "separated by tabs"),
    (
        "times",
        "time,y\n2020-01-01 12:00,5\n2020-01-02 12:00,6\n",
        ["time", "y"],
        [["2020-01-01 12:00", "2020-01-02 12:00"], [5, 6]],
        "",
    ),
    (
        "times alone",
        "time\n2020-01-01 12:00\n2020-01-02 12:00\n",
        ["time"],
        [["2020-01-01 12:00", "2020-01-02 12:00"]],
        "",
    ),
    ("texts alone", "full name\nJohn Smith\nJane Doe\n", ["full name"], [["John Smith", "Jane Doe"]], ""),
    ("texts only", "x;y,z\na;b,c\n", ["x;y", "z"], [["a;b"], ["c"]], ""),
    ("names with numbers in them", "x1,2nd\n1,2\n", ["x1", "2nd"], [[1], [2]], ""),
    ("header alone", "t,y\n", ["t", "y"], [[], []], ""),
    ("delimiters in quotes", 'a,b\n"1;2;3",4\n"5;6;7",8\n', ["a", "b"], [["1;2;3", "5;6;7"], [4, 8]], ""),
    ("lines in quotes", 'a,b\n"x\ny",4\n"z\n\nw",8\n', ["a", "b"], [["x\ny", "z\n\nw"], [4, 8]], ""),
    ("a mark in quotes", 'a,b\n"# no",4\nx,8\n', ["a", "b"], [["# no", "x"], [4, 8]], ""),
    ("a wrong first row", "t,y\n1,abc\n2,3\n", ["t", "y"], [[1, 2], ["abc", "3"]], ""),
    ("commas and blanks", "t, y\n0, 2.5\n1, 3\n", ["t", " y"], [[0, 1], [2.5, 3]], ""),
    (
        "many columns",
        " ".join(f"x{k}" for k in range(20)) + "\n" + "1 " * 20 + "\n",
        [f"x{k}" for k in range(20)],
        [[1]] * 20,
        "blanks",
    ),
]


@pytest.mark.parametrize(("what", "content", "names", "columns", "said"), READ, ids=[row[0] for row in READ])
def test_a_file(
    what: str, content: str | bytes, names: list[str], columns: list[list[object]], said: str, tmp_path: Path
) -> None:
    table = opened(tmp_path, content)
    assert list(table.header) == names
    numbers = [name for name, column in zip(names, columns, strict=True) if not is_text(column)]
    found = whole(table, numbers)
    for name, column in zip(names, columns, strict=True):
        assert all(same(value, shown) for value, shown in zip(column, found[name], strict=True)), found
    assert (said in " ".join(table.notes)) if said else not table.notes
    assert len(table.notes) <= 1


ASKED: list[tuple[str, str | bytes, str]] = [
    ("European thousands and fractions", "t;y\n0;1.234\n1;2,5\n", "--thousands . and --decimal ,"),
    (
        "thousands or fractions",
        "Nr;Umsatz\n1;1.234\n",
        "--thousands . and --decimal , for groups of digits, or --decimal .",
    ),
    ("the same and small numbers", "Nr;Umsatz\n1;-12.340\n2;7\n", "--thousands . and --decimal ,"),
    ("European millions", "t;y\n0;1.234.567\n", "--thousands . and --decimal ,"),
    # what, content, what the error says
    ("one column or two", "Voltage in V\n2,02\n1,5\n", "--decimal , or --delimiter ,"),
    ("one column or an index", "y\n1,5\n2,7\n3,1\n", "--decimal , or --delimiter ,"),
    ("decimal commas between commas", "t,y\n1,2,02\n2,1,22\n", "--skip-lines 1"),
    ("commas in texts", "name,x\nSmith, John,5\nDoe, Jane,7\n", "--skip-lines 1"),
    ("blanks in texts", "id age name\n1 30 John Smith\n2 40 Jane Doe\n", "--skip-lines 1"),
    ("two delimiters", "a;b|c\nd;e|f\n", "--delimiter ';' or --delimiter '|'"),
    ("texts with blanks", "run,mass kg\n1,2 kg\n2,3 kg\n", "--delimiter ' ' or --delimiter ','"),
    ("numbers in names", "x,5 kg\n1,2 kg\n2,3 kg\n", "--delimiter ' ' or --delimiter ','"),
    ("texts with blanks, no header", "1,2 kg\n2,3 kg\n", "--delimiter ' ' or --delimiter ','"),
    ("texts with blanks first", "name T,C\nA 1,2\nB 2,3\n", "--delimiter ' ' or --delimiter ','"),
    ("semicolons in texts", "a;b,c\n1,2;x\n2,3;y\n", "--delimiter ';' or --delimiter ','"),
    ("two headers", "a,b\nt,y\n0,2\n", "--skip-lines 1 if the names are in line 2, or --skip-lines 2 --names 'a,b'"),
    ("a title as wide", "Decay, sample 7\nt,y\n0,2\n", "--skip-lines 1"),
    ("a header and a comment", "x y\n# t u\n0 2\n", "--skip-lines 2 --names t,u"),
    ("a title over rows", "Decay\n0;2\n1;1\n", "--skip-lines 1"),
    ("a title over rows with commas", "Decay\n0,2\n1,1\n", "--decimal , or --delimiter ,"),
    ("numbers over rows", "100\nt,y\n0,2\n", "--skip-lines 1"),
    ("a wider row of numbers first", "1,2,3\n4,5\n6,7\n", "--skip-lines 1"),
    ("numbers and names", "t,1990\n0,2\n1,3\n", "--header-row or --no-header"),
    ("years", "country,1990,1991\na,1,3\nb,2,5\n", "--header-row or --no-header"),
    ("an index of numbers", ",0,1\n0,5,6\n1,7,8\n", "--header-row or --no-header"),
    ("numbers in quotes", '"1","2"\n3,4\n5,6\n', "--header-row or --no-header"),
    ("missing words", "NA,nan\n1,2\n3,4\n", "--header-row or --no-header"),
    ("one line of both", "a,1\n", "--header-row or --no-header"),
    ("comments or rows", "name,x\na,1\n#b,2\nc,3\n", "--comment '#', or --comment ''"),
    ("comments or rows at the top", "name,x\n#b,2\nc,3\n", "--comment '#', or --comment ''"),
    ("two marks", "t,y\n0,2\n# a\n1,1\n% b\n", "--comment '#', or --comment ''"),
    ("nothing but comments", "# a\n# b\n", "--comment ''"),
    ("no encoding", b"t,y\n0,\x81\n", "--encoding"),
    ("too many names", "t,y,z\n0,2\n1,1\n", "--names"),
]


@pytest.mark.parametrize(("what", "content", "said"), ASKED, ids=[row[0] for row in ASKED])
def test_what_is_not_clear_names_the_option(what: str, content: str | bytes, said: str) -> None:
    with pytest.raises(DataError) as raised:
        look(as_bytes(content))
    assert said in str(raised.value)


LATE: list[tuple[str, str, str, str]] = [
    # what, header, the row after many of the kind "1,2" or "1;2,5;3,5", what the error says
    ("a comment or a row", "x,y", "#5,6", "\"#5\" begins as a comment does; give --comment '#', or --comment ''"),
    ("another mark", "x,y", " // 5,6", "give --comment '//'"),
    ("a number of another kind", "x;a;y", "7;1.234;3,5", '"a": "1.234" is not a number here, and would be one in CSV'),
    ("a fraction with a point", "x;a;y", "7;1.5;3,5", "give --decimal ."),
]


@pytest.mark.parametrize(("what", "header", "row", "said"), LATE, ids=[row[0] for row in LATE])
def test_what_comes_late_in_unused_columns_is_no_silent_row(
    what: str, header: str, row: str, said: str, tmp_path: Path
) -> None:
    usual = "1,2\n" if header == "x,y" else "1;2,5;3,5\n"
    table = opened(tmp_path, f"{header}\n" + usual * 500 + f"{row}\n" + usual)
    with pytest.raises(DataError) as raised:
        whole(table, ["y"])
    assert said in str(raised.value)
    assert "row 501, " in str(raised.value)


@pytest.mark.parametrize("content", ["x,y\n{}1,2\n{}3,4\n{}", "x\n{}1\n{}3\n{}", 'x;y\n{}1;"2\n \n"\n{}3;4\n{}'])
@pytest.mark.parametrize("blanks", ["\n", "  \n", " \t\n"])
@pytest.mark.parametrize("many", [0, 500])
def test_lines_of_blanks_are_no_rows(content: str, blanks: str, many: int, tmp_path: Path) -> None:
    row = content.format("", "", "").splitlines()[-1] + "\n"
    table = opened(tmp_path, content.format(blanks, blanks, row * many + blanks))
    assert len(whole(table, ["x"])["x"]) == 2 + many


GROUPED = [
    ("thousands or decimals", "t;y\n0;1,234\n1;2,345\n"),
    ("the same in quotes", 't,y\n0,"1,234"\n'),
    ("thousands", 't,y\n0,"1,234.5"\n'),
    ("millions", "t;y\n0;1,234,567\n"),
    ("European thousands", "t;y\n0;1.234,5\n"),
    ("both marks", "t;y\n0;1.5\n1;2,5\n"),
]


@pytest.mark.parametrize(("what", "content"), GROUPED, ids=[row[0] for row in GROUPED])
def test_groups_of_digits_are_never_read_as_a_fraction(what: str, content: str, tmp_path: Path) -> None:
    """The column is no column of numbers, unless an option says so; others can be read."""
    table = opened(tmp_path, content)
    assert len(read(table, ["t"])["t"])
    with pytest.raises(DataError, match=r"is not a number.*--(thousands|decimal)"):
        read(table, ["y"])


SAID: list[tuple[str, str, Options, list[str], int]] = [
    # what, content, options, names, rows
    ("a delimiter", "a;b|c\nd;e|f\n", {"delimiter": "|"}, ["a;b", "c"], 1),
    ("blanks", "a b,c\n1 2,5\n", {"delimiter": " "}, ["a", "b,c"], 1),
    ("a tab in words", "a\tb\n1\t2\n", {"delimiter": "\\t"}, ["a", "b"], 1),
    ("a colon", "a:b\n1:2\n", {"delimiter": ":"}, ["a", "b"], 1),
    ("a header of numbers", "1,2\n3,4\n", {"header": True}, ["1", "2"], 1),
    ("no header", "t,y\n3,4\n", {"header": False}, ["c1", "c2"], 2),
    ("names", "3,4\n5,6\n", {"names": ("a", "b")}, ["a", "b"], 2),
    ("names for others", "t,y\n3,4\n", {"names": ("a", "b"), "skip_lines": 1}, ["a", "b"], 1),
    ("lines to skip", "x,y\nt,u\n3,4\n", {"skip_lines": 1}, ["t", "u"], 1),
    ("lines with open quotes to skip", '"x\nt,u\n3,4\n', {"skip_lines": 1}, ["t", "u"], 1),
    ("no comments", "name,x\n#b,2\nc,3\n", {"comment": ""}, ["name", "x"], 2),
    ("comments", "name,x\n#b,2\nc,3\n", {"comment": "#"}, ["name", "x"], 1),
    ("other comments", "$ a\nt,y\n0,2\n$ b\n1,1\n", {"comment": "$"}, ["t", "y"], 2),
    ("decimals", "t;y\n0;1,234\n", {"decimal": ","}, ["t", "y"], 1),
    ("thousands", "t;y\n0;1,234\n", {"thousands": ","}, ["t", "y"], 1),
    ("three decimals", "t;y\n0;1.234\n", {"decimal": "."}, ["t", "y"], 1),
    ("European thousands", "t;y\n0;1.234\n", {"decimal": ",", "thousands": "."}, ["t", "y"], 1),
    ("missing", "t,y\n0,-9x\n1,2\n", {"missing": ("-9x",)}, ["t", "y"], 2),
    ("an encoding", "t,Ж\n0,2\n", {"encoding": "utf8"}, ["t", "Ж"], 1),
]


@pytest.mark.parametrize(("what", "content", "options", "names", "rows"), SAID, ids=[row[0] for row in SAID])
def test_what_is_said_goes_before(
    what: str, content: str, options: Options, names: list[str], rows: int, tmp_path: Path
) -> None:
    table = opened(tmp_path, content, options)
    assert list(table.header) == names
    assert {len(column) for column in whole(table, []).values()} == {rows}


def test_an_encoding_that_is_said() -> None:
    content = "t,Ж\n0,2\n".encode("cp1251")
    assert look(content, {"encoding": "cp1251"}).header == ("t", "Ж")
    assert look("t,表\n0,2\n".encode("shift_jis"), {"encoding": "shift_jis"}).header == ("t", "表")
    with pytest.raises(DataError, match="is not utf-8 text"):
        look(content, {"encoding": "utf-8"})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"delimiter": "ab"}, "--delimiter"),
        ({"delimiter": '"'}, "--delimiter"),
        ({"delimiter": "1"}, "--delimiter"),
        ({"delimiter": "§"}, "--delimiter"),
        ({"delimiter": ",", "decimal": ","}, "--decimal and --delimiter"),
        ({"decimal": ";"}, "--decimal"),
        ({"decimal": ",", "thousands": ","}, "--thousands"),
        ({"thousands": ".."}, "--thousands"),
        ({"comment": '"'}, "--comment"),
        ({"encoding": "nope"}, "no such encoding"),
        ({"encoding": "rot13"}, "no such encoding"),
        ({"names": ("a",)}, "--names has 1 name, and a row of d.csv has 2 fields"),
        ({"names": ("a", "b"), "header": True}, "give --names or --header-row"),
        ({"skip_lines": -1}, "--skip-lines"),
    ],
)
def test_options_that_cannot_be_meant(options: Options, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        look(b"t,y\n0,2\n", options)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"%PDF-1.7\n", "pdftotext"),
        (b"PK\x03\x04zz", "the zip archive is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "libreoffice"),
        (b"7z\xbc\xaf'\x1czz", "7z x"),
        (b"\x89HDF\r\n\x1a\nzz", "h5dump"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"SQLite format 3\x00", "SQLite database"),
        (b"x,y\n1,\x00\n", "null bytes"),
        (b"\x80K\x00\xfe" + bytes(range(256)) * 9, "a binary file, not a text: it holds null bytes"),
        (bytes(range(1, 256)) * 9, "a binary file, not a text: it holds bytes that are no characters"),
    ],
)
def test_what_is_no_text(start: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        opened(tmp_path, start)
    assert said in str(raised.value)


@settings(max_examples=300)
@given(seed=st.integers(0, 1 << 32))
def test_no_table_is_read_as_another(seed: int) -> None:
    table = drawn(Random(seed))
    with tempfile.TemporaryDirectory() as folder:
        assert verdict(table, Path(folder)) in ("read", "refused"), table


def test_most_tables_are_read(tmp_path: Path) -> None:
    verdicts = [verdict(drawn(Random(seed)), tmp_path) for seed in range(300)]
    assert verdicts.count("read") > 0.7 * len(verdicts)


def test_the_look_is_short() -> None:
    rows = "".join(f"{row};{row / 7:.5f};text {row};{row * row}\n".replace(".", ",") for row in range(3000)).encode()
    content = b"a;b;c;d\n" + rows
    times = []
    for _ in range(9):
        start = time.process_time()
        look(content)
        times.append(time.process_time() - start)
    assert min(times) < 0.05  # some 4 ms; the bound is for machines that do much else
