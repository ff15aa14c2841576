"""Each thing that is wrong with data, and the one line that says so."""

from __future__ import annotations

import errno
import gzip
import io
import os
import re
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest

from exprgrad.data.opened import opened
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import open_table
from exprgrad.data.text import batches
from exprgrad.errors import DataError, UsageError
from tests.data.tables import pipe, read, write

UTF8 = "convert it first: iconv -f latin1 -t utf-8"
HDF = ReadOptions(format="hdf")
OTHERS = "leave out its header, by --skip-lines, and give others:"
QUERY = "a query can make a number of it: --query \"select replace(x, '{}', '')::double as x, … from data\""
PAIRS = "pairs.json, row 1: not a JSON object; are these the rows? jq -r '.[] | @csv' pairs.json | exprgrad … --data -"
WITHIN = "within.json holds no table; are these the rows? jq .rows within.json | exprgrad … --data -"
NULL = "null; skip such rows with --nulls skip, or take them as nan with --nulls nan"
DEEP = b'{"x":1,"y":%s}\n{"x":1,"y":%s}\n'
GREP = """leave it out: grep -v '^"*%s' FILE | exprgrad … --data -"""
GOOD = b"x,y\n" + b"".join(b"%d,%d.5\n" % (row, row * row) for row in range(5000))

TEXTS = [
    ("empty.csv", b"", "empty.csv is empty"),
    ("blank.csv", b"\n\r\n\n", "blank.csv has nothing but blank lines"),
    ("missing column.csv", b"ex,y\n1,2\n", 'missing column.csv has no column "x"; did you mean "ex"?'),
    ("other.csv", b"a,b\n1,2\n", 'other.csv has no column "x"; it has a, b'),
    ("semicolon.csv", b"a;b\n1;2\n", 'semicolon.csv has no column "x"; it has a, b'),
    ("numbers.csv", b"1,2.5\n3,4\n", 'numbers.csv has no column "x"; it has c1, c2'),
    ("twice.csv", b"x,y,x\n1,2,3\n", f'twice.csv has 2 columns "x"; {OTHERS} --names x,y,x_2'),
    ("twice text.csv", b'x,"a b",x\n1,2,3\n', f"twice text.csv has 2 columns \"x\"; {OTHERS} --names 'x,a b,x_2'"),
    ("unit.csv", b"x,y\n5 kg,\n", f'unit.csv, row 1, column "x": "5 kg" is not a number; {QUERY.format(" kg")}'),
    ("money.csv", b"x,y\n$5,\n", f'money.csv, row 1, column "x": "$5" is not a number; {QUERY.format("$")}'),
    (
        "error.csv",
        b"x,y\n2.5(3),\n",
        'error.csv, row 1, column "x": "2.5(3)" is not a number; it is a value with its uncertainty: '
        r"""--query "select regexp_replace(x, '\(.*', '')::double as x, … from data" """.strip(),
    ),
    (
        "day.csv",
        b"x,y\n04.03.2021,\n",
        'day.csv, row 1, column "x": "04.03.2021" is not a number; if it is a date, say how it is written: '
        "--query \"select epoch(strptime(x, '%d.%m.%Y')) as t, … from data\"",
    ),
    ("pairs.json", b"[[1, 2], [3, 4]]", PAIRS),
    ("within.json", b'{"n": {"m": 2}, "rows": [{"x": 1}]}', WITHIN),
    ("short.csv", b"x,y\n1,2\n\n3\n", "short.csv, row 2: 1 field where the header has 2"),
    ("long.csv", b"x,y\n1,2\n3,4,5\n", "long.csv, row 2: 3 fields where the header has 2"),
    (
        "text.csv",
        b"x,y\n1,\n2,\nabc,\n",
        'text.csv, row 3, column "x": "abc" is not a number; '
        "give --comment abc to leave it out or --missing abc for no value",
    ),
    ("first.csv", b"x,y\n1,2\nabc,\n1\n2,3\n4,5\n", 'first.csv, row 2, column "x": "abc" is not a number'),
    ("ragged first.csv", b"x,y\n1,2\n1\nabc,\n2,3\n", "ragged first.csv, row 2: 1 field where the header has 2"),
    (
        "date.csv",
        b"x,y\n1,\n2020-01-01,\n",
        'date.csv, row 2, column "x": "2020-01-01" is not a number; '
        "is it a time? --time 'x=s' reads the column as times",
    ),
    ("no date.csv", b"x,y\n2020-01-01,\n2020-02-30,\n", 'no date.csv, row 2, column "x": "2020-02-30" is not a date'),
    ("no time.csv", b"x,y\n12:00,\n25:00:00,\n", 'no time.csv, row 2, column "x": "25:00:00" is not a time of day'),
    ("comma.csv", GOOD + b'"1,5",\n', 'comma.csv, row 5001, column "x": "1,5" is not a number; give --decimal ,'),
    (
        "groups.csv",
        b'x,y\n"1,234.5",\n',
        'groups.csv, row 1, column "x": "1,234.5" is not a number; give --thousands ,',
    ),
    (
        "either.csv",
        b'x,y\n"1,234",\n',
        'either.csv, row 1, column "x": "1,234" is not a number; give --thousands , or --decimal ,',
    ),
    ("percent.csv", b"x,y\n5%,\n", 'percent.csv, row 1, column "x": "5%" is not a number; give --percent'),
    (
        "comment.csv",
        GOOD + b"# so far\n",
        "comment.csv, row 5001: 1 field where the header has 2; give --comment '#' if the line is a comment",
    ),
    (
        "mark.csv",
        b"x,y\n?,2\n",
        """mark.csv, row 1, column "x": "?" is not a number; give --missing '?' if it stands for no value""",
    ),
    ("bytes.csv", b"x,y\n\xff\n1,\n\xff,\n", "bytes.csv, row 1: 1 field where the header has 2; " + GREP % "ÿ"),
    (
        "latin.csv",
        b"x,y\n1,\n\xe9,\n",
        f'latin.csv, row 2, column "x": "é" is not a number; {GREP % "é"} or --missing é for no value',
    ),
    ("latin header.csv", b"a,\xe9\n1,2\n", 'latin header.csv has no column "x"; it has a, é'),
    ("utf16.csv", "a,b\n1,2\n".encode("utf-16"), 'utf16.csv has no column "x"; it has a, b'),
    ("null.csv", b"x,y\n1,2\n,3\n", f'null.csv, row 2, column "x": {NULL}'),
    ("NA.csv", b"y,x\n1,2\n3,NA\n", f'NA.csv, row 2, column "x": {NULL}'),
    ("long text.csv", b"x\n" + b"a" * 99 + b"\n", f'long text.csv, row 1, column "x": "{"a" * 40}…" is not a number'),
    ("late.csv", GOOD + b"1_0,2\n", 'late.csv, row 5001, column "x": "1_0" is not a number'),
    ("late ragged.csv", GOOD + b"1\n2\n", "late ragged.csv, row 5001: 1 field where the header has 2"),
    ("late null.csv", GOOD + b",1\n", f'late null.csv, row 5001, column "x": {NULL}'),
    ("open.csv", b'x,y\n1,2\n"3,4\n', "open.csv, row 2: 1 field where the header has 2"),
    ("cut.csv.gz", gzip.compress(GOOD)[:-99], "cut.csv.gz: the gzip data are cut short"),
    ("short.csv.gz", gzip.compress(GOOD)[:12], "short.csv.gz: the gzip data are cut short"),
    ("sum.csv.gz", gzip.compress(GOOD)[:-6] + b"zzzzzz", "sum.csv.gz: the gzip data are damaged"),
    ("plain.csv.gz", GOOD, "plain.csv.gz is not a gzip file, in spite of its name"),
    ("nothing.csv.gz", gzip.compress(b""), "nothing.csv.gz is empty"),
    ("cut.csv.zst", pa.compress(GOOD, "zstd", asbytes=True)[:-99], "cut.csv.zst: the zstd data are cut short"),
    ("bad.csv.zst", pa.compress(GOOD, "zstd", asbytes=True)[:9] + b"z" * 999, "bad.csv.zst: the zstd data are damaged"),
    ("text.parquet", GOOD, "text.parquet is not a Parquet file, or is damaged"),
    ("magic", b"PAR1" + b"z" * 99, "magic is not a Parquet file, or is damaged"),
    ("text.arrow", GOOD, "text.arrow is not an Arrow file, or is damaged"),
    ("magic.arrow", b"ARROW1" + b"z" * 99, "magic.arrow is not an Arrow file, or is damaged"),
    (
        "a.parquet.gz",
        gzip.compress(b"PAR1"),
        "a.parquet.gz: a Parquet file inside gzip cannot be read; unpack it first",
    ),
    ("text.ndjson", b'{"x":1}\n{"x":"a"}\n', 'text.ndjson, row 2, column "x": "a" is not a number'),
    ("null.ndjson", b'{"x":1}\n\n{"y":2}\n', f'null.ndjson, row 2, column "x": {NULL}'),
    ("list.ndjson", b'{"x":1}\n{"x":[1]}\n', 'list.ndjson, row 2, column "x": a list is not a number'),
    ("object.ndjson", b'{"x":{}}\n', 'object.ndjson, row 1, column "x": an object is not a number'),
    ("array.ndjson", b'{"x":1}\n[2]\n', "array.ndjson, row 2: not a JSON object"),
    ("cut.ndjson", b'{"x":1}\n{"x":\n', "cut.ndjson, row 2: invalid JSON at character 6: Expecting value"),
    ("deep.ndjson", b'{"x":1}\n' + b"[" * 99999 + b"\n", "deep.ndjson, row 2: nested more than 60 deep"),
    (
        "deep list.ndjson",
        DEEP % (b"1", b"[" * 1200 + b"]" * 1200),
        'deep list.ndjson, row 2, column "y": nested more than 60 deep',
    ),
    (
        "deep first.ndjson",
        DEEP % (b"[" * 99999 + b"]" * 99999, b"1"),
        'deep first.ndjson, row 1, column "y": nested more than 60 deep',
    ),
    (
        "deep lines.ndjson",
        b'{"x":1,"y":[[[[\n' * 9999,
        "deep lines.ndjson, row 1: invalid JSON at character 16: Expecting value",
    ),
    ("latin key.ndjson", b'{"x":1}\n{"x":2,"\xe9":3}\n', f'latin key.ndjson, row 2, column "\\xe9": not UTF-8; {UTF8}'),
    (
        "half.ndjson",
        b'{"x":1}\n{"\\ud800":2}\n',
        'half.ndjson, row 2, column "\\ud800": no Unicode text, half of a surrogate pair',
    ),
    ("latin.ndjson", b'{"x":1}\n{"x":"\xe9"}\n', f'latin.ndjson, row 2, column "x": not UTF-8; {UTF8}'),
    ("blank.ndjson", b"\n\n", "blank.ndjson has no rows"),
    (
        "late.ndjson",
        b'{"x":1}\n' * 300000 + b'{"x":}\n',
        "late.ndjson, row 300001: invalid JSON at character 6: Expecting value",
    ),
]


@pytest.mark.parametrize(("name", "content", "message"), TEXTS, ids=[name for name, _, _ in TEXTS])
@pytest.mark.parametrize("batch_size", [64, batches.BATCH])
def test_a_bad_file(
    name: str, content: bytes, message: str, batch_size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(batches, "BATCH", max(batch_size, len(content) // 2000) if batch_size == 64 else batch_size)
    Path(name).write_bytes(content)
    with pytest.raises(DataError) as raised:
        read(open_table([name]), ["x"])
    assert str(raised.value) == message


COLUMNS = [
    (["a", "b"], "texts"),
    ([[1.0], [2.0]], "lists"),
    ([{"a": 1.0}, {"a": 2.0}], "records"),
    ([b"a", b"b"], "bytes"),
]


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
@pytest.mark.parametrize(("values", "what"), COLUMNS, ids=[what for _, what in COLUMNS])
def test_a_column_that_is_not_of_numbers(suffix: str, values: object, what: str, tmp_path: Path) -> None:
    path = str(write(tmp_path / f"d.{suffix}", {"y": [1, 2], "x": values}))
    with pytest.raises(DataError) as raised:
        read(open_table([path]), ["x"])
    assert str(raised.value) == f'{path}: column "x" holds {what}, not numbers'
    assert read(open_table([path]), ["y"])["y"].tolist() == [1, 2]


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "arrows"])
def test_a_damaged_file_is_one_line(suffix: str, tmp_path: Path) -> None:
    whole = write(tmp_path / f"d.{suffix}", {"x": [float(row) for row in range(20000)]}, 4000).read_bytes()
    path = tmp_path / f"bad.{suffix}"
    for size in (len(whole) // 3, len(whole) // 2, len(whole) - 30):
        path.write_bytes(whole[:size])
        with pytest.raises(
            DataError, match=rf"^{path} (is damaged|is not a[\w ]+ file, or is damaged)( after row \d+)?$"
        ):
            read(open_table([str(path)]), ["x"])


def test_missing_folders_and_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=r"^no file has an empty name$"):
        open_table([""])
    with pytest.raises(DataError, match=r"^cannot read none.csv: No such file or directory$"):
        open_table(["none.csv"])
    with pytest.raises(DataError, match=r"^cannot read .: Is a directory$"):
        open_table(["."])
    locked = tmp_path / "locked.csv"
    locked.write_bytes(GOOD)
    locked.chmod(0)
    if os.geteuid() == 0:
        return  # root reads all
    with pytest.raises(DataError, match=r"^cannot read locked.csv: Permission denied$"):
        open_table(["locked.csv"])


def test_a_shard_without_the_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_bytes(b"x,y\n1,2\n")
    Path("b.csv").write_bytes(b"y\n1\n")
    table = open_table(["a.csv", "b.csv"])
    with pytest.raises(DataError, match=r'^b.csv has no column "x"; it has y$'):
        table.columns(["x"])
    assert read(table, ["y"])["y"].tolist() == [2, 1]
    with pytest.raises(DataError, match=r'^b.csv has no column "x", which the first file has$'):
        table.rows(["y"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"x,s\n" + b"1,a\n" * 30000 + b"2,\xe9\n",
            'd.csv, row 30001, column "s": not UTF-8; name its encoding, as in --encoding latin-1',
        ),
        (b"x,s\n1,2\n2,3.5\n", None),
    ],
)
def test_whole_rows(content: bytes, message: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.csv").write_bytes(content)
    for texts in (True, False):
        if message is None:
            assert len(list(open_table(["d.csv"]).rows(["x"], texts=texts))) == 1
        else:
            with pytest.raises(DataError) as raised:
                list(open_table(["d.csv"]).rows(["x"], texts=texts))
            assert str(raised.value) == message


def test_a_column_that_changes_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(batches, "BATCH", 8)
    Path("d.csv").write_bytes(b"x,s\n1,2\n1,3\n2,3.5\n")
    with pytest.raises(
        DataError, match=r'^d.csv, row 3, column "s": "3.5" is not int64, as the rows before it are; --format csv'
    ):
        list(open_table(["d.csv"]).rows(["x"], texts=False))
    monkeypatch.setattr(batches, "BATCH", 1 << 20)
    Path("d.ndjson").write_bytes(b'{"x":1}\n' * 200_000 + b'{"x":2,"z":3}\n')
    with pytest.raises(DataError, match=r'^d.ndjson, row 200001, column "z": the rows before it have no such key$'):
        list(open_table(["d.ndjson"]).rows(["x"]))


class _Breaking(io.RawIOBase):
    """A pipe whose medium fails after its first bytes."""

    def __init__(self, start: bytes):
        self._rest = io.BytesIO(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if got := self._rest.readinto(buffer):
            return got
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_pipe_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, _Breaking(GOOD))
    with pytest.raises(DataError, match=r"^cannot read standard input: Input/output error$"):
        read(open_table(["-"]), ["x"])


def test_a_pipe_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, io.BytesIO(GOOD))
    table = open_table(["-"])
    assert len(read(table, ["x"])["x"]) == 5000
    with pytest.raises(DataError, match=r"^standard input can be read only once"):
        read(table, ["x"])


def test_requests_that_cannot_be_met(tmp_path: Path) -> None:
    path = str(write(tmp_path / "a.csv", {"x": [1.0]}))
    for request, message in (
        (lambda: open_table([]), "no data file"),
        (lambda: open_table(["-", "-"]), "standard input can be one of the data files only once"),
        (lambda: open_table([path], nulls="drop"), "no such way with nulls: drop; give error, skip, nan"),
        (
            lambda: open_table([path], options=HDF),
            "no such data format: hdf; give csv, tsv, ndjson, json, parquet, arrow, numpy, workbook, sqlite or duckdb",
        ),
    ):
        with pytest.raises(UsageError) as raised:
            request()
        assert str(raised.value) == message


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.csv", ReadOptions(sheet="one"), "--sheet says nothing about a.csv"),
        ("a.ndjson", ReadOptions(skip_lines=1), "--skip-lines says nothing about a.ndjson"),
        ("a.parquet", ReadOptions(header=False), "--no-header says nothing about a.parquet"),
        ("a.arrow", ReadOptions(header=True), "--header-row says nothing about a.arrow"),
    ],
)
def test_an_option_that_says_nothing_about_the_files(
    name: str, options: ReadOptions, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path(name), {"x": [1.0]})
    with pytest.raises(UsageError) as raised:
        open_table([name], options=options)
    assert str(raised.value).startswith(f"{message}; it is for the formats ")


def test_an_option_that_says_something_about_one_of_the_files(tmp_path: Path) -> None:
    german = tmp_path / "a.csv"
    german.write_text("x;y\n1,5;2\n", encoding="utf-8")
    other = str(write(tmp_path / "b.parquet", {"x": [2.0]}))
    options = ReadOptions(delimiter=";", decimal=",")
    assert read(open_table([str(german), other], options=options), ["x"])["x"].tolist() == [1.5, 2]


def test_utf16_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x,y\n1,2\n")
    with pytest.raises(DataError, match="is not utf-16 text; give another --encoding"):
        open_table([str(path)], options=ReadOptions(encoding="utf-16"))


def test_a_header_is_found_without_the_blanks_around_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t, U [mV]\n2024-01-01, 1.5\n", encoding="utf-8")
    names = open_table([str(path)]).names
    assert (names.find("U [mV]"), names.chosen("U [mV]"), names.find("U")) == (" U [mV]", " U [mV]", None)


ODD = [
    ("0x1F", "hexadecimal", 31.0),
    ("2.5(3)", "uncertainty", 2.5),
    ("2.5 ± 0.3", "uncertainty", 2.5),
    ("2.5 +/- 0.3", "uncertainty", 2.5),
    ("1.5+2j", "complex", 1.5),
    ("(1.5)", "negative", -1.5),
    ("5-", "sign", -5.0),
    ("1.5x10^3", "power of ten", 1500.0),
    ("2×10^{-2}", "power of ten", 0.02),
    ("3/4", "fraction", 0.75),
    ("<0.5", "limit", 0.5),
    ("31.12.2020", "date", 1609372800.0),
    ("12/31/2020", "date", 1609372800.0),
    ("31-Dec-20", "date", 1609372800.0),
    ("31/12/2020 12:00", "date", 1609416000.0),
    ("5 kg", "query", 5.0),
]


@pytest.mark.parametrize(("text", "what", "value"), ODD)
def test_the_query_that_is_given_makes_a_number(text: str, what: str, value: float, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    path = tmp_path / "d.csv"
    path.write_text(f"y,z\n{text},1\n")
    with pytest.raises(DataError) as raised:
        read(open_table([str(path)]), ["y"])
    message = str(raised.value)
    assert what in message
    query = message.partition('--query "')[2].rpartition('"')[0].replace(", …", "")
    table = opened([str(path)], "error", ReadOptions(), query)
    (column,) = read(table, [table.header[0]]).values()
    assert column.tolist() == [value]


@pytest.mark.parametrize("rows", ["  1.00000-2.00000\n" * 3, "  1.00000 2.00000\n" * 400 + "  1.0E-03-2.0E-03\n"])
def test_numbers_that_touch(rows: str, tmp_path: Path) -> None:
    path = tmp_path / "d.dat"
    path.write_text(rows)
    with pytest.raises(DataError) as raised:
        read(open_table([str(path)]), ["c2"])
    found = re.search(r"sed -E '(.*?)'", str(raised.value))
    assert found
    done = subprocess.run(["sed", "-E", found[1]], input=rows, capture_output=True, text=True, check=True)
    path.write_text(done.stdout)
    assert read(open_table([str(path)]), ["c2"])["c2"][-1] == (-2 if "E" not in rows else -2e-3)
