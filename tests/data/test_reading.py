"""Columns and rows out of files and pipes, in the formats and dialects that there are."""

from __future__ import annotations

import gzip
import io
import os
import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from exprgrad.data.table import open_table
from exprgrad.data.text import batches
from tests.data.tables import pipe, read, write

DIALECTS = [
    ("bom", b"\xef\xbb\xbfx,y\n1,2\n3,4\n", "x", [1, 3]),
    ("crlf", b"x,y\r\n1,2\r\n3,4\r\n", "y", [2, 4]),
    ("cr", b"x,y\r1,2\r3,4", "y", [2, 4]),
    ("no end", b"x,y\n1,2\n3,4", "y", [2, 4]),
    ("blank lines", b"\n\nx,y\n\n1,2\n\n\n3,4\n\n", "y", [2, 4]),
    ("quoted", b'"x","y, z"\n"a\n""b"",",2\n"c\r\n\n",4\n', "y, z", [2, 4]),
    ("quoted header", b'"x\n""1""",y\n1,2\n', 'x\n"1"', [1]),
    ("stray quotes", b'size,x\n5" pipe,1\n3",2\n"a ""quote""",3\n"b"",\n",4\nc"",5\n', "x", [1, 2, 3, 4, 5]),
    ("brackets", b"x [m/s],y\n1,2\n", "x [m/s]", [1]),
    ("spaces", b"a b, c \n1,  2 \n", " c ", [2]),
    ("words", b"x,y\ninf,\n-inf,\n-Infinity,\ntrue,\nFalse,\n", "x", [np.inf, -np.inf, -np.inf, 1, 0]),
    ("exponents", b"x,y\n0.1D+02,\n 1d-5 ,\n-.5D1,\n1Q-5,\n", "x", [10, 1e-5, -5, 1e-5]),
    ("minus", "x,y\n\u22121.5,\n1e\u22125,\n".encode(), "x", [-1.5, 1e-5]),
    ("numbers", b"x,y\n+1,\n.5,\n5.,\n1E3,\n1e-400,\n1e400,\n007,\n", "x", [1, 0.5, 5, 1000, 0, np.inf, 7]),
    ("latin text aside", b"x,y\n1,\xe9\n", "x", [1]),
]


@pytest.mark.parametrize(("text", "name", "expected"), [row[1:] for row in DIALECTS], ids=[row[0] for row in DIALECTS])
@pytest.mark.parametrize("batch_size", [1, 5, 17, batches.BATCH])
def test_dialects_of_csv(
    text: bytes, name: str, expected: list[float], batch_size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", batch_size)
    path = tmp_path / "d.csv"
    path.write_bytes(text)
    np.testing.assert_array_equal(read(open_table([str(path)]), [name])[name], expected)


NULLS = [
    ("csv", {"x": [1.0, None, 3.0], "y": [1.0, 2.0, None], "s": ["a", None, "c"]}),
    ("ndjson", {"x": [1.0, None, 3.0], "y": [1.0, 2.0, None], "s": ["a", None, "c"]}),
    ("parquet", {"x": [1, None, 3], "y": pa.array(["1", "2", None]).cast(pa.decimal128(5, 2)), "s": ["a", None, "c"]}),
    ("arrow", {"x": [True, None, False], "y": pa.array([1.0, 2.0, None], pa.float32()), "s": ["a", None, "c"]}),
]


@pytest.mark.parametrize(("suffix", "columns"), NULLS, ids=[suffix for suffix, _ in NULLS])
def test_nulls(suffix: str, columns: dict[str, object], tmp_path: Path) -> None:
    path = str(write(tmp_path / f"d.{suffix}", columns))
    x = [1.0, np.nan, 0.0 if suffix == "arrow" else 3.0]
    np.testing.assert_array_equal(read(open_table([path], nulls="nan"), ["x"])["x"], x)
    np.testing.assert_array_equal(read(open_table([path], nulls="skip"), ["x"])["x"], [x[0], x[2]])
    kept = read(open_table([path], nulls="skip"), ["x", "y"])
    assert (kept["x"].tolist(), kept["y"].tolist()) == ([1.0], [1.0])
    ((batch, numbers),) = open_table([path], nulls="skip").rows(["y"])
    assert numbers["y"].tolist() == [1, 2]
    assert [text or None for text in batch.column("s").to_pylist()] == ["a", None]


def test_only_the_columns_used_are_read_of_many(tmp_path: Path) -> None:
    names = [f"column {index}" for index in range(10_000)]
    lines = [",".join(names), *[",".join([str(row)] * 5000 + ["text"] * 5000) for row in range(30)]]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(lines))
    back = read(open_table([str(path)]), [names[17], names[4999]])
    assert back[names[17]].tolist() == back[names[4999]].tolist() == list(range(30))


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "csv.zst", "ndjson", "parquet", "arrow", "arrows"])
@pytest.mark.parametrize("again", [False, True])
def test_pipes(suffix: str, again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(1000.0)
    path = write(tmp_path / f"d.{suffix}", {"x": values, "y": -values})
    pipe(monkeypatch, io.BytesIO(path.read_bytes()))
    table = open_table(["-"], again=lambda: again)
    np.testing.assert_array_equal(read(table, ["x"])["x"], values)
    if again:
        np.testing.assert_array_equal(read(table, ["y"])["y"], -values)


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet", "arrow", "arrows"])
@pytest.mark.parametrize("again", [False, True])
def test_a_pipe_gives_less_than_is_asked_for(suffix: str, again: bool, tmp_path: Path) -> None:
    values = np.arange(30_000.0)
    path = write(tmp_path / f"d.{suffix}", {"x": values})
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    feeder = threading.Thread(target=lambda: fifo.write_bytes(path.read_bytes()))
    feeder.start()
    table = open_table([str(fifo)], again=lambda: again)
    for _ in range(1 + again):
        np.testing.assert_array_equal(read(table, ["x"])["x"], values)
    feeder.join()


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_the_first_bytes_win_over_the_suffix(suffix: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"d.{suffix}", {"x": [1.5]}).rename(tmp_path / "d.csv")
    assert read(open_table([str(path)]), ["x"])["x"].tolist() == [1.5]


def test_tabs_in_the_header_tell_tsv(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text("x\ty\n1\t2,5\n")
    assert open_table([str(path)]).header == ("x", "y")


def test_a_named_pipe_and_a_pass_left_half_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 100)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    content = "x\n" + "".join(f"{row}\n" for row in range(5000))
    feeder = threading.Thread(target=path.write_text, args=(content,))
    feeder.start()
    table = open_table([str(path)], again=lambda: True)
    assert next(table.columns(["x"]))["x"][0] == 0
    assert read(table, ["x"])["x"].tolist() == list(range(5000))
    feeder.join()


def test_the_first_bytes_tell_the_format(tmp_path: Path) -> None:
    for suffix in ("csv", "csv.gz", "csv.zst", "ndjson", "ndjson.gz", "parquet", "arrow", "arrows"):
        path = write(tmp_path / f"d.{suffix}", {"x": [1.5, 2.5]})
        plain = path.rename(tmp_path / "data")
        assert read(open_table([str(plain)]), ["x"])["x"].tolist() == [1.5, 2.5]
    odd = tmp_path / "odd.csv"
    odd.write_bytes(gzip.compress(b"x\n1\n"))
    assert read(open_table([str(odd)]), ["x"])["x"].tolist() == [1]


def test_files_of_several_formats_are_one_table(tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", {"x": [1.5], "s": ["a"]})
    second = write(tmp_path / "b.parquet", {"s": ["b"], "x": [2.0]})
    third = write(tmp_path / "c.ndjson", {"s": ["c"], "z": [1], "x": [3.0]})
    table = open_table([str(first), str(second), str(third)])
    assert read(table, ["x"])["x"].tolist() == [1.5, 2.0, 3.0]
    rows = pa.Table.from_batches([batch for batch, _ in table.rows(["x"])]).to_pydict()
    assert rows == {"x": ["1.5", "2", "3"], "s": ["a", "b", "c"]}


def test_float64_columns_are_not_copied(tmp_path: Path) -> None:
    path = write(tmp_path / "d.arrow", {"x": np.arange(10.0)})
    ((batch, numbers),) = open_table([str(path)]).rows(["x"])
    assert numbers["x"].ctypes.data == batch.column("x").buffers()[1].address
    assert numbers["x"].flags.c_contiguous


def test_booleans_and_words_in_ndjson(tmp_path: Path) -> None:
    path = tmp_path / "d.ndjson"
    path.write_text('{"x": true, "s": "NaN"}\n{"x": "NaN"}\n{"x": "-Infinity"}\n{"x": 3, "s": {"a": 1}}\n')
    np.testing.assert_array_equal(read(open_table([str(path)], nulls="nan"), ["x"])["x"], [1, np.nan, -np.inf, 3])
    np.testing.assert_array_equal(read(open_table([str(path)], nulls="skip"), ["x"])["x"], [1, -np.inf, 3])
