"""What is in a file that is damaged, or takes more than there is, is told in one line."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.damaged import faults
from exprgrad.data.table import open_table
from exprgrad.errors import DataError
from tests.data.tables import read


@pytest.mark.long
def test_damaged_files_are_read_or_refused() -> None:
    counts, wrong = faults(files=10, seed=0, processes=2)
    assert not wrong
    assert any("read" in name for name in counts)
    assert any("refused" in name for name in counts)


def _offsets(offsets: list[int]) -> pa.Array:
    return pa.Array.from_buffers(
        pa.string(), 2, [None, pa.array(offsets, pa.int32()).buffers()[1], pa.py_buffer(b"abc")]
    )


def _stream(batch: pa.RecordBatch, make: Callable[..., Any]) -> bytes:
    sink = io.BytesIO()
    with make(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


@pytest.mark.parametrize("make", [pa.ipc.new_file, pa.ipc.new_stream], ids=["file", "stream"])
@pytest.mark.parametrize("offsets", [[0, 4000, 3], [0, 1500000000, 3], [0, -4, 3]])
def test_texts_from_outside_of_the_buffer(offsets: list[int], make: Callable[..., Any], tmp_path: Path) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([1.0, 2.0]), _offsets(offsets)], ["x", "t"])
    path = tmp_path / "d.arrow"
    path.write_bytes(_stream(batch, make))
    table = open_table([str(path)])
    assert read(table, ["x"])["x"].tolist() == [1, 2]
    with pytest.raises(DataError, match=r'd\.arrow is damaged in column "t": '):
        list(table.rows(["x"]))


@pytest.mark.parametrize("words", [["a", "b"], ["a", "b", "c", "d"]], ids=["one dictionary", "another in each batch"])
def test_a_dictionary_that_batches_share(words: list[str], tmp_path: Path) -> None:
    def batch(some: list[str], indices: list[int | None]) -> pa.RecordBatch:
        column = pa.DictionaryArray.from_arrays(pa.array(indices, pa.int8()), pa.array(some), safe=False)
        return pa.record_batch({"x": [1.0, 2.0], "t": column})

    path = tmp_path / "d.arrows"
    first, good, bad = batch(words[:2], [0, 1]), batch(words[-2:], [None, 1]), batch(words[-2:], [1, 2])
    with pa.ipc.new_stream(str(path), first.schema) as writer:
        for each in (first, good, bad):
            writer.write_batch(each)
    seen = []
    table = open_table([str(path)])
    with pytest.raises(DataError, match=r'd\.arrows is damaged in column "t" after row 4: '):
        seen.extend(rows.column("t").to_pylist() for rows, _ in table.rows(["x"]))
    assert seen == [words[:2], [None, words[-1]]]


def _parquet(batch: pa.RecordBatch) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(batch), sink, store_schema=False)
    return sink.getvalue()


MAKERS: dict[str, Callable[[pa.RecordBatch], bytes]] = {
    "arrow": lambda batch: _stream(batch, pa.ipc.new_file),
    "arrows": lambda batch: _stream(batch, pa.ipc.new_stream),
    "parquet": _parquet,
}


@pytest.mark.parametrize("suffix", MAKERS)
@pytest.mark.parametrize("name", ["name", "within", "Zone/Far"])
def test_a_name_that_is_not_utf8(suffix: str, name: str, tmp_path: Path) -> None:
    times = pa.array([1], pa.timestamp("ms", "Zone/Far"))
    batch = pa.record_batch({"x": [1.0], "name": [{"within": 1}], "t": times})
    content = MAKERS[suffix](batch)
    if name.encode() not in content:
        assert suffix == "parquet"  # it keeps no zones
        return
    path = tmp_path / f"d.{suffix}"
    path.write_bytes(content.replace(name.encode(), b"\xff\xfe" + name.encode()[2:]))
    with pytest.raises(DataError, match=rf'd\.{suffix}: the column name "(name\.)?\\xff\\xfe{name[2:]}[.a-z]*" is not'):
        open_table([str(path)])


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from exprgrad.cli import main
main()
"""


def _limited(arguments: list[str], folder: Path) -> tuple[int, str]:
    """The command with 2 GB of memory."""
    command = [sys.executable, "-c", LIMITED, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("name", "start", "byte", "message"),
    [
        ("zeros.csv.gz", b"", b"\0", " is a binary file, not a text: it holds null bytes; export it as text"),
        ("rows.csv.gz", b"x,y\n" + b"1,2\n" * 20_000, b"\0", ": a row is longer than 64 MB; is a quote left open?"),
        ("quote.csv.gz", b'x,y\n"', b"\n", ": the header line is longer than 16 MB; is a quote left open?"),
        ("first.ndjson.gz", b'{"x":"', b"a", ": a row is longer than 64 MB"),
        ("rows.ndjson.gz", b'{"x":1}\n', b"\0", ": a row is longer than 64 MB"),
    ],
)
def test_a_bomb(name: str, start: bytes, byte: bytes, message: str, tmp_path: Path) -> None:
    # What is packed one after the other is one content.
    bomb = gzip.compress(start) + gzip.compress(byte * (1 << 24), 1) * 128
    (tmp_path / name).write_bytes(bomb)
    assert _limited(["map", "2*x", "--data", name, "-o", "o.csv"], tmp_path) == (3, f"exprgrad: {name}{message}\n")
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_columns_without_number(tmp_path: Path) -> None:
    def lines(columns: int) -> str:
        return "\n".join([",".join(f"c{k}" for k in range(columns)), ",".join(["1"] * columns), ""])

    (tmp_path / "wide.csv").write_text(lines(20_000), "utf-8")
    assert _limited(["map", "c0+c19999", "--data", "wide.csv", "-o", "o.csv"], tmp_path)[0] == 0
    assert (tmp_path / "o.csv").read_text("utf-8").endswith(",1,2\n")
    (tmp_path / "wider.csv").write_text(lines(200_001), "utf-8")
    code, said = _limited(["map", "2*c0", "--data", "wider.csv", "-o", "p.csv"], tmp_path)
    assert (code, said) == (4, "exprgrad: wider.csv has 200,001 columns, and 200,000 are the most\n")
