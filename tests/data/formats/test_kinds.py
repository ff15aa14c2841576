"""Files of other programs: what is read of each kind, whichever way it comes, and what is said where it is not."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pytest

from exprgrad.data.formats.foreign import xlsb_dates
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import open_table
from exprgrad.errors import DataError, ExprgradError, UsageError
from tests.data.tables import pipe, read

CSV = b"x,y\n1,2\n3,4\n"
SHEET = [["x", "y", "when", "word"], [1, 2, date(2020, 1, 1), "a"], [None] * 4, [3, 4, datetime(2020, 1, 2, 12), None]]


def zipped(*members: tuple[str, bytes], **options: Any) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", **options) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return sink.getvalue()


def npy(array: Any) -> bytes:
    sink = io.BytesIO()
    np.save(sink, array, allow_pickle=True)
    return sink.getvalue()


def npz(**arrays: Any) -> bytes:
    sink = io.BytesIO()
    np.savez_compressed(sink, **arrays)
    return sink.getvalue()


def xlsx(**sheets: list[list[Any]]) -> bytes:
    book, sink = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(sink)
    return sink.getvalue()


def sqlite(folder: Path, *statements: str) -> bytes:
    with closing(sqlite3.connect(folder / "made")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    content = (folder / "made").read_bytes()
    (folder / "made").unlink()
    return content


def duckdb(folder: Path, *statements: str) -> bytes:
    with pytest.importorskip("duckdb").connect(folder / "made") as database:
        for statement in statements:
            database.execute(statement)
    content = (folder / "made").read_bytes()
    (folder / "made").unlink()
    return content


TABLE = "CREATE TABLE t AS SELECT 1 AS x, 2.0 AS y UNION ALL SELECT 3, 4.0"
POINTS = np.array([(1, 2), (3, 4)], [("x", ">i4"), ("y", "f8")])

READ: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    "bz2": ("d.csv.bz2", lambda _: bz2.compress(CSV[:5]) + bz2.compress(CSV[5:])),
    "xz": ("d.csv.xz", lambda _: lzma.compress(CSV[:5]) + b"\0" * 4 + lzma.compress(CSV[5:])),
    "zip": ("d.zip", lambda _: zipped(("in/", b""), ("in/d.csv", CSV), ("__MACOSX/in/._d.csv", b"?"))),
    "zip of tsv": ("d.zip", lambda _: zipped(("d.tsv", CSV.replace(b",", b"\t")))),
    "zip of unnamed": ("d.csv.zip", lambda _: zipped(("data", CSV))),
    "zip of npy": ("d.zip", lambda _: zipped(("d.npy", npy(POINTS)))),
    "json rows": ("d.json", lambda _: b'\xef\xbb\xbf [{"x": 1, "y": 2},\r\n\r\n{"y":\n4, "x": 3}\n]\n'),
    "json columns": ("d.json", lambda _: b'{\n "x": [1, 3],\n "y": [2, 4]\n}'),
    "json lines": ("d.json", lambda _: b'{"x": 1, "y": 2}\n{"x": 3, "y": 4}\n'),
    "json, compressed": ("d.json.gz", lambda _: gzip.compress(b'[{"x": 1, "y": 2}, {"x": 3, "y": 4}]')),
    "npy": ("d.npy", lambda _: npy(POINTS)),
    "npy, compressed": ("d.npy.xz", lambda _: lzma.compress(npy(POINTS))),
    "npz": ("d.npz", lambda _: npz(x=np.array([1, 3]), y=np.array([2.0, 4], "f2"), scale=7.0)),
    "xlsx": ("d.xlsx", lambda _: xlsx(Data=SHEET, Notes=[["nothing"]])),
    "sqlite": ("d.db", lambda folder: sqlite(folder, TABLE)),
    "duckdb": ("d.duckdb", lambda folder: duckdb(folder, TABLE)),
}


@pytest.mark.parametrize("way", ["named", "unnamed", "pipe"])
@pytest.mark.parametrize(("name", "make"), READ.values(), ids=READ.keys())
def test_each_kind(
    name: str, make: Callable[[Path], bytes], way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make(tmp_path)
    if way == "pipe":
        pipe(monkeypatch, io.BytesIO(content))
        path = "-"
    else:
        path = str(tmp_path / (name if way == "named" else "data"))
        Path(path).write_bytes(content)
    table = open_table([path], again=lambda: way == "pipe")
    assert {name: column.tolist() for name, column in read(table, ["x", "y"]).items()} == {"x": [1, 3], "y": [2, 4]}
    (batch,) = [rows for rows, _ in table.rows(["x"]) if rows.num_rows]
    assert batch.schema.names[:2] == ["x", "y"]
    assert float(batch.column("y")[1].as_py()) == 4


def zip_encrypted() -> bytes:
    content = bytearray(zipped(("d.csv", CSV)))
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(start) + offset] |= 1
    return bytes(content)


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "zip of two": (
        "d.zip",
        zipped(("a.csv", CSV), ("b c.csv", CSV)),
        "d.zip holds 2 files, a.csv, b c.csv; give one: unzip -p d.zip a.csv | exprgrad … --data -",
    ),
    "zip of none": ("d.zip", zipped(("in/", b"")), "d.zip: there is no file in the zip archive"),
    "zip, encrypted": (
        "d.zip",
        zip_encrypted(),
        "d.zip: d.csv in it is encrypted; give it decrypted: unzip -p d.zip d.csv | exprgrad … --data -",
    ),
    "zip, cut": ("d.zip", zipped(("d.csv", CSV))[:-30], "d.zip: the zip archive is damaged or cut short"),
    "zip of a nameless one": (
        "d.zip",
        zipped(("d.csv", CSV)).replace(b"d.csvPK", b"\0\0\0\0\0PK"),
        "d.zip: the zip data are damaged",
    ),
    "zip of bzip2": (
        "d.zip",
        zipped(("d.csv", CSV), compression=zipfile.ZIP_BZIP2),
        "d.zip: d.csv in it is compressed in a way that is not read; unpack it: 7z x -so d.zip | exprgrad … --data -",
    ),
    "bz2, cut": ("d.csv.bz2", bz2.compress(CSV)[:-4], "d.csv.bz2: the bzip2 data are cut short"),
    "xz, cut": ("d.csv.xz", lzma.compress(CSV)[:-4], "d.csv.xz: the xz data are cut short"),
    "xz, damaged": ("d.csv.xz", lzma.compress(CSV)[:-24] + b"?" * 24, "d.csv.xz: the xz data are damaged"),
    "twice": (
        "d.gz",
        gzip.compress(bz2.compress(CSV)),
        "d.gz is compressed twice; unpack it once",
    ),
    "7z": (
        "d.csv",
        b"7z\xbc\xaf\x27\x1c\0\4",
        "d.csv is a 7z archive; unpack it: 7z x -so d.csv | exprgrad … --data -",
    ),
    "rar": (
        "d.rar",
        b"Rar!\x1a\x07\1\0",
        "d.rar is a RAR archive; unpack it: unrar p -inul d.rar | exprgrad … --data -",
    ),
    "lz4": (
        "d.csv.lz4",
        b"\x04\x22\x4d\x18dA",
        "d.csv.lz4 is compressed by lz4; unpack it: lz4 -dc d.csv.lz4 | exprgrad … --data -",
    ),
    "Z": ("d.Z", b"\x1f\x9d\x90x", "d.Z is compressed by compress (.Z); unpack it: gzip -dc d.Z | exprgrad … --data -"),
    "tar.gz": (
        "d.tar.gz",
        gzip.compress(b"d.csv".ljust(257, b"\0") + b"ustar\x0000".ljust(255, b"\0") + CSV),
        "d.tar.gz is a tar archive; unpack it: tar -xOf d.tar.gz MEMBER | exprgrad … --data -",
    ),
    "web page": ("d.csv", b"\n<!DOCTYPE html>\n<p>", "d.csv is a web page, not data; give the URL of the data"),
    "json of numbers": ("d.json", b"[1, 2]", "d.json, row 1: not a JSON object"),
    "json without a comma": ("d.json", b'[{"x": 1} {"x": 2}]', "d.json, row 1: no comma after the object"),
    "json, cut": ("d.json", b'[{"x": 1}, {"x":', "d.json, row 2: the array is cut short"),
    "json, damaged": (
        "d.json",
        b'[{"x": 1}, {"x": tru}]',
        "d.json, row 2: invalid JSON at character 7: Expecting value",
    ),
    "json within": (
        "d.json",
        b'{"rows": [{"x": 1}]}',
        "d.json holds no table; are these the rows? jq .rows d.json | exprgrad … --data -",
    ),
    "json of pandas": (
        "d.json",
        b'{\n"x": {"0": 1}}',
        'd.json holds no table; wanted are rows, [{"x": 1, "y": 2}, …], or columns, {"x": [1, …], "y": [2, …]}; '
        'pandas writes rows with orient="records"',
    ),
    "json of unequal columns": (
        "d.json",
        b'{"x": [1], "y": []}',
        'd.json: the arrays have unequal lengths: "x" 1, "y" 0',
    ),
    "npy of objects": (
        "d.npy",
        npy(np.array([1, "a"], object)),
        "d.npy: the array holds Python objects, which could run any program and are not read; "
        "write it as numbers: a.astype(float)",
    ),
    "npy of three dimensions": (
        "d.npy",
        npy(np.zeros((2, 3, 4))),
        "d.npy: the array is no table, 2×3×4; write a.reshape(len(a), -1)",
    ),
    "npy that lies": (
        "d.npy",
        npy(np.zeros(3)).replace(b"(3,), }           ", b"(99999999999,), } "),
        "d.npy is cut short, or its header is damaged",
    ),
    "npy of two": (
        "d.npy",
        npy(np.zeros(3)) * 2,
        "d.npy holds more than the 3 rows that its header tells; is it several arrays? write them with np.savez",
    ),
    "npz of unequal arrays": (
        "d.npz",
        npz(x=np.zeros(2), y=np.zeros(3)),
        'd.npz: the arrays do not make one table: "x" 2, "y" 3; choose one: --sheet NAME',
    ),
}


@pytest.mark.parametrize(("name", "content", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_read(
    name: str, content: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(content)
    with pytest.raises(DataError) as raised:
        read(open_table([name]), ["x"] if b"x" in content else open_table([name]).header)
    assert str(raised.value) == message


SHEETS: dict[str, tuple[str | None, str]] = {
    "name": ("Other", "ok"),
    "number": ("2", "ok"),
    "unknown": ("Othr", 'd.xlsx has no sheet "Othr"; did you mean "Other"?'),
    "number too large": ("7", 'd.xlsx has no sheet "7"; it has "Data", "Other", "Empty"'),
    "empty": ("Empty", 'd.xlsx: the sheet "Empty" is empty; give --sheet: it has "Data", "Other"'),
}


@pytest.mark.parametrize(("sheet", "outcome"), SHEETS.values(), ids=SHEETS.keys())
def test_sheets(sheet: str | None, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.xlsx").write_bytes(xlsx(Data=SHEET, Other=[["x"], [5]], Empty=[]))
    if outcome == "ok":
        assert read(open_table(["d.xlsx"], options=ReadOptions(sheet=sheet)), ["x"])["x"].tolist() == [5]
        return
    with pytest.raises(ExprgradError) as raised:
        open_table(["d.xlsx"], options=ReadOptions(sheet=sheet))
    assert str(raised.value) == outcome


def test_what_cells_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [
        ["x", "yes", "bad", "when"],
        [1.5, True, 1, date(2020, 1, 1)],
        ["#N/A", False, "2", None],
        [None, None, 3, None],
    ]
    Path("d.xlsx").write_bytes(xlsx(A=rows))
    table = open_table(["d.xlsx"], nulls="nan")
    np.testing.assert_array_equal(read(table, ["x", "yes"])["x"], [1.5, np.nan, np.nan])
    np.testing.assert_array_equal(read(table, ["yes"])["yes"], [1, 0, np.nan])
    with pytest.raises(
        DataError, match=r'd.xlsx, row 2, column "bad": "2" is a text, not a number; write it as a number'
    ):
        read(table, ["bad"])
    ((whole, _),) = table.rows([])
    assert pa.types.is_timestamp(whole.schema.field("when").type)
    assert whole.column("bad").to_pylist() == ["1", "2", "3"]


def test_a_sheet_that_claims_all_cells(tmp_path: Path) -> None:
    """Its library ends the process: not this one."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = 1, 2
    book.save(tmp_path / "d.xlsx")
    with pytest.raises(ExprgradError, match="takes more memory than there is, or is damaged"):
        open_table([str(tmp_path / "d.xlsx")])


@pytest.mark.parametrize("make", [sqlite, duckdb])
def test_tables_of_databases(make: Callable[..., bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d").write_bytes(make(tmp_path, TABLE, "CREATE VIEW big AS SELECT x FROM t WHERE x > 2"))
    with pytest.raises(DataError) as raised:
        open_table(["d"])
    assert str(raised.value) == 'd has 2 tables: "t", "big"; choose one: --sheet t'
    assert read(open_table(["d"], options=ReadOptions(sheet="big")), ["x"])["x"].tolist() == [3]
    with pytest.raises(DataError, match=r'd has no table "bg"; did you mean "big"\?'):
        open_table(["d"], options=ReadOptions(sheet="bg"))
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_a_database_whose_last_rows_are_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (5)")
        database.commit()
        assert read(open_table([str(path)]), ["x"])["x"].tolist() == [5]
    assert read(open_table([str(path)]), ["x"])["x"].tolist() == [5]
    assert [each.name for each in tmp_path.iterdir()] == ["d.db"]


def test_what_is_only_read_is_not_written(tmp_path: Path) -> None:
    from exprgrad.data.output.writer import open_writer

    for name, message in (
        (
            "d.xlsx",
            "files of the format workbook are read and not written; "
            "give --format: csv, tsv, ndjson, json, parquet or arrow",
        ),
        ("d.csv.zip", "zip files are not written; end the name in .gz or .zst"),
    ):
        with pytest.raises(UsageError) as raised:
            open_writer(str(tmp_path / name), None)
        assert str(raised.value) == message


@pytest.mark.parametrize("suffix", ["bz2", "xz", "zip"])
def test_a_bomb_takes_little_memory(suffix: str, tmp_path: Path) -> None:
    """A gigabyte of one row, which is too long, in a file of some kilobytes."""
    packers: dict[str, Any] = {"bz2": bz2.BZ2Compressor(), "xz": lzma.LZMACompressor()}
    path = tmp_path / f"d.csv.{suffix}"
    block = b"1" * (1 << 24)
    if suffix == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("d.csv", "w") as member:
            for text in (b"x\n", *[block] * 8):
                member.write(text)
    else:
        packer = packers[suffix]
        path.write_bytes(
            b"".join([packer.compress(b"x\n"), *(packer.compress(block) for _ in range(8)), packer.flush()])
        )
    with pytest.raises(DataError, match="is longer than 16 MB"):
        read(open_table([str(path)]), ["x"])


def test_json_is_written_as_it_is_read(tmp_path: Path) -> None:
    from exprgrad.data.output.writer import open_writer

    for rows in (0, 1, 5):
        path = tmp_path / f"{rows}.json"
        with open_writer(str(path), None) as writer:
            for start in range(0, max(rows, 1), 2):
                words = ["a\n\u2028}", '"', None, "", "]"][:rows]
                batch = pa.record_batch(
                    {"x": pa.array([0.5, None, 1, 2, 3][:rows], pa.float64()), "s": pa.array(words, pa.string())}
                )
                writer.write(batch.slice(start, 2))
        assert [row["x"] for row in json.loads(path.read_text("utf-8"))] == [0.5, None, 1, 2, 3][:rows]


@pytest.mark.parametrize("name", ["sheet.xls", "sheet.xlsb"])
def test_old_workbooks(name: str) -> None:
    """Written by other programs: xlwt, Aspose."""
    table = open_table([str(Path(__file__).with_name("workbooks") / name)])
    assert table.header == ("x", "y", "when", "word", "day")
    columns = read(table, ["x", "y", "when", "day"])
    assert [column.tolist() for column in columns.values()] == [
        [1, 3],
        [2.5, 4.5],
        [1577880000, 1577966400],
        [43831, 43832],
    ]
    (only,) = open_table([str(Path(__file__).with_name("workbooks") / name)], options=ReadOptions(sheet="Notes")).header
    assert only == "nothing"


DAYS = b"\x02\x0c\x04\0\0\0%s\0\0\0%s"
"""Of sheet.xlsb: a cell of the fifth column, by its style and number."""


@pytest.mark.parametrize(
    ("style", "number", "found"),
    [
        (2, 45000, 45000),  # no format of dates
        (3, 45000, 1678838400),
        (3, 4500000, 1678838400),  # of hundredths
        (3, 61, -2203891200),
        (3, 1, -2208988800),
    ],
)
def test_whole_days_in_binary_workbooks(tmp_path: Path, style: int, number: int, found: float) -> None:
    """python-calamine gives whole numbers there, whatever their formats. The answers are its own for .xlsx."""
    path = tmp_path / "d.xlsb"
    hundredths = number > 100_000
    old = [DAYS % (b"\2", pack("<i", day << 2 | 2)) for day in (43831, 43832)]
    new = DAYS % (bytes([style]), pack("<i", number << 2 | 2 | hundredths))
    with (
        zipfile.ZipFile(Path(__file__).with_name("workbooks") / "sheet.xlsb") as before,
        zipfile.ZipFile(path, "w") as after,
    ):
        for member in before.namelist():
            content = before.read(member)
            if member.endswith("sheet1.bin"):
                assert content.count(old[0]) == content.count(old[1]) == 1
                content = content.replace(old[0], new).replace(old[1], new)
            after.writestr(member, content)
    assert read(open_table([str(path)]), ["day"])["day"].tolist() == [found, found]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, "date") for text in ("yyyy-mm-dd", "h:mm", "mm:ss.0", "[$-409]d\\-mmm", "[$-F800]dddd")),
        *((text, "span") for text in ("[h]:mm", "[ss]")),
        *((text, "") for text in ('"day" 0', "0.0E+00", "General", "[Red]0", '#,##0\\ "h"', "0\\d", "_d0", "0;[h]")),
    ],
)
def test_formats_of_dates(text: str, kind: str) -> None:
    assert xlsb_dates._kind(text) == kind


def test_the_header_of_a_sheet_is_found_as_in_a_text(tmp_path: Path) -> None:
    titled = [["Decay of the sample"], [], ["time", "voltage"], ["s", "V"], [0, 2.02], [1, 1.22]]
    (tmp_path / "titled.xlsx").write_bytes(xlsx(A=titled))
    (tmp_path / "bare.xlsx").write_bytes(xlsx(A=[[1, 2], [3, 4]]))
    table = open_table([str(tmp_path / "titled.xlsx")])
    assert read(table, ["voltage"])["voltage"].tolist() == [2.02, 1.22]
    assert [note.partition(": ")[2] for note in table.notes] == ["1 line before the header, units s, V in line 4"]
    assert read(open_table([str(tmp_path / "bare.xlsx")]), ["c1"])["c1"].tolist() == [1, 3]
