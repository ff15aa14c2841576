"""A file appears whole under its name or not at all."""

from __future__ import annotations

import errno
import io
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from exprgrad.data.output.writer import Writer, open_writer
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import open_table
from exprgrad.errors import OutputError, UsageError
from tests.data.tables import FORMATS, read, write

BATCH = pa.record_batch({"x": np.arange(1000.0), "y": np.random.default_rng(0).standard_normal(1000)})


def write_and_interrupt(writer: Writer) -> None:
    writer.write(BATCH)
    raise KeyboardInterrupt


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_exception_leaves_the_old_file_and_no_other(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{suffix}"
    path.write_text("before")
    path.chmod(0o640)
    with pytest.raises(KeyboardInterrupt), open_writer(str(path), None) as writer:
        write_and_interrupt(writer)
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    with open_writer(str(path), None) as writer:
        writer.write(BATCH)
    assert len(read(open_table([str(path)]), ["y"])["y"]) == 1000
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


FULL = """
import resource, sys, pyarrow as pa
from exprgrad.data.output.writer import Writer, open_writer
from exprgrad.errors import OutputError
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
batch = pa.record_batch({"x": [float(i) / 7 for i in range(100_000)]})
try:
    with open_writer(sys.argv[1], None) as writer:
        for _ in range(4):
            writer.write(batch)
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_room_leaves_nothing(suffix: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, f"out.{suffix}"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"cannot write out.{suffix}: File too large\n"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 10_000


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device")
@pytest.mark.parametrize("kind", ["csv", "ndjson", "parquet", "arrow"])
def test_a_full_device(kind: str) -> None:
    with pytest.raises(OutputError) as raised, open_writer("/dev/full", kind) as writer:
        writer.write(BATCH)
    assert str(raised.value) == "cannot write /dev/full: No space left on device"


def test_places_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.csv").mkdir()
    Path("file").touch()
    for path, reason in (
        ("folder.csv", "Is a directory"),
        (".", "Is a directory"),
        ("none/out.csv", "No such file or directory"),
        ("file/out.csv", "Not a directory"),
    ):
        with pytest.raises(OutputError) as raised:
            open_writer(path, None)
        assert str(raised.value) == f"cannot write {path}: {reason}"
    for path, kind, message in (
        ("out.dat", None, "the name out.dat tells no format; give --format: csv, tsv, ndjson, json, parquet or arrow"),
        ("out.csv", "xls", "no such data format: xls; give csv, tsv, ndjson, json, parquet or arrow"),
        ("out.parquet.gz", None, "parquet is not written inside gzip; leave out .gz"),
    ):
        with pytest.raises(UsageError) as refused:
            open_writer(path, kind)
        assert str(refused.value) == message
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder.csv"]


def test_columns_that_a_format_has_no_form_for(tmp_path: Path) -> None:
    batch = pa.record_batch({"x": [1.0], "l": [[1, 2]], "b": [b"\xff"]})
    for name, message in (
        ("a.csv", 'column "l" holds list<item: int64>, which cannot be written as CSV; --format ndjson keeps .*'),
        ("a.ndjson", 'column "b" holds binary, which cannot be written as JSON; try --format arrow'),
    ):
        with pytest.raises(OutputError, match=f"^{message}$"), open_writer(str(tmp_path / name), None) as writer:
            writer.write(batch)
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("before")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write(tmp_path / "link.csv", {"x": [1.5]})
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "x\n1.5\n"


class _Closed(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


@pytest.mark.parametrize("kind", [None, "ndjson", "parquet", "arrow"])
def test_a_reader_that_goes_away_is_the_shells(kind: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=_Closed(), flush=lambda: None))
    with pytest.raises(BrokenPipeError), open_writer("-", kind) as writer:
        writer.write(BATCH)


@pytest.mark.parametrize("kind", [None, "tsv", "ndjson", "parquet", "arrow"])
def test_standard_output_can_be_piped_on(kind: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out, flush=lambda: None))
    with open_writer("-", kind) as writer:
        writer.write(BATCH)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(out.getvalue())))
    back = read(open_table(["-"], options=ReadOptions(format="tsv" if kind == "tsv" else None)), ["y"])
    assert (back["y"] == BATCH.column("y").to_numpy()).all()


def test_no_rows_keep_their_header(tmp_path: Path) -> None:
    path = str(write(tmp_path / "a.csv", {"x": pa.array([], pa.float64()), 'b "c"': pa.array([], pa.string())}))
    assert Path(path).read_text() == 'x,"b ""c"""\n'
    table = open_table([path])
    assert table.header == ("x", 'b "c"')
    assert list(table.columns(["x"])) == []


KINDS = {
    "half": pa.array([1.5], pa.float16()),
    "whole": pa.array([2**64 - 1], pa.uint64()),
    "decimal": pa.array(["1.50"]).cast(pa.decimal128(5, 2)),
    "date": pa.array([1], pa.date32()),
    "time": pa.array([1], pa.time64("us")),
    "duration": pa.array([1], pa.duration("s")),
    "timestamp": pa.array([1], pa.timestamp("ns", "UTC")),
    "large": pa.array(["a,b"], pa.large_string()),
    "view": pa.array(["a"], pa.string_view()),
    "bool": pa.array([True]),
    "coded": pa.array(["a,b"]).dictionary_encode(),
    "null": pa.array([None]),
    "list": pa.array([[float("nan"), 1.5]]),
    "record": pa.array([{"a": 1}]),
    "dates": pa.array([[1]], pa.list_(pa.date32())),
    "map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
    "bytes": pa.array([b"a"]),
    "fixed": pa.array([b"a"], pa.binary(1)),
    "interval": pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
}


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("suffix", ["csv", "tsv", "ndjson", "parquet", "arrow", "arrows"])
def test_any_type_is_written_or_refused_in_one_line(kind: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{suffix}"
    batch = pa.record_batch({"x": [1.0], "s": KINDS[kind]})
    json_has_none = kind in ("bytes", "fixed", "interval")
    refused = {"ndjson": json_has_none, "csv": json_has_none or pa.types.is_nested(KINDS[kind].type)}
    refused |= {"tsv": refused["csv"], "parquet": kind == "interval"}
    if refused.get(suffix):
        with pytest.raises(OutputError) as raised, open_writer(str(path), None) as writer:
            writer.write(batch)
        assert str(raised.value).startswith(f'column "s" holds {KINDS[kind].type}, which ')
        assert raised.value.hint
        assert not path.exists()
        return
    with open_writer(str(path), None) as writer:
        writer.write(batch)
    assert read(open_table([str(path)]), ["x"])["x"].tolist() == [1]
    if suffix == "ndjson":
        json.loads(path.read_text(), parse_constant=pytest.fail)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_an_open_descriptor_is_written_where_it_stands(name: str, suffix: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/stdout")
    path = write(tmp_path / f"plain.{suffix}", {"x": [1.5]})
    code = (
        f"from exprgrad.data.output.writer import open_writer as w\nimport pyarrow as pa\n"
        f"with w({name!r}, {suffix!r}) as o:"
    )
    command = [sys.executable, "-c", f"{code} o.write(pa.record_batch({{'x': [1.5]}}))"]
    with (tmp_path / "out").open("wb") as out:
        out.write(b"before\n")
        out.flush()
        subprocess.run(command, cwd=tmp_path, stdout=out, check=True)
    assert (tmp_path / "out").read_bytes() == b"before\n" + path.read_bytes()
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout == path.read_bytes()
