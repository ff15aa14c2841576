"""Data files that are damaged, each read in a process of its own.

    python -m benchmarks.damaged [--files 5000] [--seed N] [--processes N] [--keep FOLDER] [--only SUFFIX]

Files of all formats, with columns of all types, are changed here and there at random, and read, whole and in part. Each
has to be read, or refused by one of our own errors. It is read twice, by processes whose memory is laid out and filled
differently: if they find other values, these came from outside of the file. Exits 1 for that, for the death of a
process, for an error that is not ours, and for what takes more than a minute. `--keep` keeps the files that did it.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

_SECONDS = 60
_MEMORY = 8 << 30
_ROWS = 40
_LAYOUTS = (
    {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_PERTURB_": "85"},
    {"ARROW_DEFAULT_MEMORY_POOL": "mimalloc", "MALLOC_PERTURB_": "170"},
)
"""Where pyarrow's memory comes from, and what malloc fills it with."""


class Outcome(NamedTuple):
    """What became of a file."""

    kind: str
    """"read", "refused" or "fault"."""
    words: str
    """A fingerprint of the values, or what was said."""


# Whole files


def columns() -> dict[str, Any]:
    """A column of each type, of numbers those first that `x` and `y` are."""
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]

    draw = random.Random(3)
    rows = range(_ROWS)
    numbers = [draw.gauss(0, 1) for _ in rows]
    texts = [None if row % 7 == 3 else f"text {row}" * (row % 5) for row in rows]
    lists = [None if row % 9 == 4 else [float(k) for k in range(row % 4)] for row in rows]
    whole = pa.array([row % 11 for row in rows], pa.int64())
    types = pa.array([row % 2 for row in rows], pa.int8())
    return {
        "x": pa.array(numbers),
        "y": pa.array([None if row % 8 == 5 else row for row in rows], pa.int32()),
        "text": pa.array(texts),
        "large_text": pa.array(texts, pa.large_string()),
        "text_view": pa.array(texts, pa.string_view()),
        "bytes": pa.array([text and text.encode() for text in texts]),
        "byte_view": pa.array([text and text.encode() for text in texts], pa.binary_view()),
        "four": pa.array([b"%04d" % row for row in rows], pa.binary(4)),
        "word": pa.array(texts).dictionary_encode(),
        "number_word": whole.dictionary_encode(),
        "words": pa.array([[text] for text in texts], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
        "list": pa.array(lists),
        "large_list": pa.array(lists, pa.large_list(pa.float64())),
        "list_view": pa.array(lists, pa.list_view(pa.float64())),
        "large_list_view": pa.array(lists, pa.large_list_view(pa.float64())),
        "pair": pa.array([[row, -row] for row in rows], pa.list_(pa.int16(), 2)),
        "record": pa.array([{"a": row, "b": texts[row]} for row in rows]),
        "map": pa.array([[(f"k{row}", row)] for row in rows], pa.map_(pa.string(), pa.int64())),
        "sparse": pa.UnionArray.from_sparse(types, [whole, pa.array(numbers)]),
        "dense": pa.UnionArray.from_dense(types, pa.array([row // 2 for row in rows], pa.int32()), [whole, whole]),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([15, _ROWS], pa.int32()), pa.array(["a", "b"])),
        "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"%016d" % row for row in rows], pa.binary(16))),
        "decimal": whole.cast(pa.decimal128(30, 2)),
        "true": pa.array([None if row % 6 == 1 else row % 2 == 0 for row in rows]),
        "null": pa.nulls(_ROWS),
        "half": pa.array(np.asarray(numbers, np.float16)),
        "time": pa.array([row * 86400 for row in rows], pa.timestamp("s", "Europe/Paris")),
        "date": pa.array(list(rows), pa.date32()),
        "clock": pa.array(list(rows), pa.time32("s")),
        "lasts": pa.array(list(rows), pa.duration("ms")),
    }


def _arrow(names: list[str], stream: bool, compression: str | None) -> bytes:
    import pyarrow as pa

    batch = pa.record_batch({name: array for name, array in columns().items() if name in names})
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression, emit_dictionary_deltas=stream)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(sink, batch.schema, options=options) as writer:
        for start in range(0, _ROWS, 20):
            writer.write_batch(batch.slice(start, 20))
    return sink.getvalue()


def _parquet(names: list[str], **options: Any) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    sink = io.BytesIO()
    pq.write_table(pa.table({n: a for n, a in columns().items() if n in names}), sink, row_group_size=20, **options)
    return sink.getvalue()


def _text(suffix: str) -> bytes:
    import pyarrow as pa

    from exprgrad.data.output.writer import open_writer

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"d.{suffix}"
        with open_writer(str(path), None) as writer:
            writer.write(pa.record_batch({name: columns()[name] for name in _PLAIN}))
        return path.read_bytes()


_PLAIN = ["x", "y", "text", "true", "date"]


def _numpy(several: bool) -> bytes:
    import numpy as np

    found = {name: columns()[name].fill_null(0).to_numpy(zero_copy_only=False) for name in ("x", "y", "date")}
    sink = io.BytesIO()
    if several:
        np.savez_compressed(sink, **found)
    else:
        kinds = [("x", "f8"), ("y", "i4"), ("date", "M8[D]"), ("in", [("a", "f4")]), ("text", "S4")]
        table = np.zeros(_ROWS, kinds)
        for name, values in found.items():
            table[name] = values
        np.save(sink, table)
    return sink.getvalue()


def _rows() -> list[list[Any]]:
    """A header and rows, as workbooks and databases have them."""
    found = {name: columns()[name].to_pylist() for name in _PLAIN}
    return [list(found), *map(list, zip(*found.values(), strict=True))]


def _xlsx() -> bytes:
    import openpyxl  # type: ignore[import-untyped]

    book, sink = openpyxl.Workbook(), io.BytesIO()
    for row in _rows():
        book.active.append(row)
    book.save(sink)
    return sink.getvalue()


def _ods() -> bytes:
    cells = [
        "".join(
            "<table:table-cell/>"
            if value is None
            else f'<table:table-cell office:value-type="float" office:value="{value}"/>'
            if type(value) in (int, float)
            else f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
            for value in row
        )
        for row in _rows()
    ]
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    sheet = f'<table:table table:name="A">{body}</table:table>'
    content = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    content = f"<office:document-content{spaces}>{content}</office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    manifest = f"<manifest:manifest {space}>{entry}</manifest:manifest>"
    return _zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _zipped(members: Mapping[str, str | bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


def _sqlite() -> bytes:
    header, *rows = _rows()
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(f"{folder}/d")) as database:
        database.execute(f"CREATE TABLE t ({', '.join(header)})")
        database.executemany(
            f"INSERT INTO t VALUES ({', '.join('?' * len(header))})", [[*row[:-1], str(row[-1])] for row in rows]
        )
        database.commit()
        return Path(folder, "d").read_bytes()


def _duckdb() -> bytes:
    import duckdb
    import pyarrow as pa

    with tempfile.TemporaryDirectory() as folder:
        with duckdb.connect(f"{folder}/d") as database:
            database.register("rows", pa.table({name: columns()[name] for name in [*_PLAIN, "record"]}))
            database.execute("CREATE TABLE t AS FROM rows")
        return Path(folder, "d").read_bytes()


def seeds() -> Iterator[tuple[str, bytes]]:
    """Whole files, with their suffixes."""
    import pyarrow as pa

    names = list(columns())
    in_json = [n for n in names if n not in ("bytes", "byte_view", "four", "sparse", "dense", "runs", "uuid", "map")]
    in_parquet = [n for n in names if n not in ("sparse", "dense", "runs", "list_view", "large_list_view", "words")]
    for chosen in (names, in_json, ["x", "y", "text"]):
        for compression in (None, None, "lz4", "zstd"):
            for stream in (False, True):
                yield ("arrows" if stream else "arrow"), _arrow(chosen, stream, compression)
        yield "feather", _arrow(chosen, False, "lz4")
    for chosen in (in_parquet, [n for n in in_parquet if n in in_json], ["x", "y", "text"]):
        for options in (
            {"compression": "none", "use_dictionary": False},
            {"compression": "snappy"},
            {"compression": "none", "data_page_version": "2.0", "store_schema": False},
            {"compression": "zstd", "write_page_checksum": True},
        ):
            yield "parquet", _parquet(chosen, **options)
    yield "csv", _text("csv")
    yield "ndjson", _text("ndjson")
    yield "csv.gz", gzip.compress(_text("csv"))
    yield "ndjson.zst", pa.compress(_text("ndjson"), "zstd", asbytes=True)
    yield "csv.bz2", bz2.compress(_text("csv"))
    yield "csv.xz", lzma.compress(_text("csv"))
    yield "csv.zip", _zipped({"d.csv": _text("csv")})
    yield "json", _text("json")
    rows = json.loads(_text("json"))
    yield "json", json.dumps(rows, indent=2).encode()
    yield "json", json.dumps({name: [row[name] for row in rows] for name in rows[0]}).encode()
    yield "npy", _numpy(several=False)
    yield "npz", _numpy(several=True)
    yield "xlsx", _xlsx()
    yield "ods", _ods()
    yield "sqlite", _sqlite()
    yield "duckdb", _duckdb()


CHECKED = ("csv.gz", "csv.bz2", "csv.xz", "csv.zip")
"""Files with a checksum: what is read of a damaged one has to be the same."""
_ARCHIVES = ("npz", "xlsx", "ods")
"""Zip archives, in which members are damaged, too, and not only what is around them."""


# Damage

_ODD = (0, 1, 3, 0x7F, 0x80, 0xFF, 4000, 1 << 16, 1500000000, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 62, -1, -8)


def damaged(content: bytes, draw: random.Random) -> bytes:
    """The content changed in some places."""
    text = bytearray(content)
    for _ in range(draw.choice((1, 1, 1, 2, 4, 8))):
        place = draw.randrange(len(text))
        match draw.randrange(8):
            case 0 | 1:
                text[place] ^= 1 << draw.randrange(8)
            case 2:
                text[place] = draw.randrange(256)
            case 3 | 4:
                size = draw.choice((4, 8))
                place -= place % size
                text[place : place + size] = (draw.choice(_ODD) % (1 << 8 * size)).to_bytes(size, "little")
            case 5:
                size = draw.choice((4, 8))
                place -= place % size
                value = int.from_bytes(text[place : place + size], "little") + draw.choice((-8, -4, -1, 1, 4, 8, 64))
                text[place : place + size] = (value % (1 << 8 * size)).to_bytes(size, "little")
            case 6:
                other = draw.randrange(len(text))
                size = draw.randrange(1, 33)
                text[place : place + size] = text[other : other + size]
            case _:
                if draw.random() < 0.3:
                    del text[max(place, 16) :]
                else:
                    del text[place : place + draw.randrange(1, 9)]
        if not text:
            break
    return bytes(text)


def damaged_within(content: bytes, draw: random.Random) -> bytes:
    """An archive, of which one member was changed before it was made."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice([name for name, content in members.items() if content])
    return _zipped(members | {name: damaged(members[name], draw)})


# Reading


def values(path: str) -> str:
    """A fingerprint of all that can be read of a file: of one column, and of all beside their texts in JSON."""
    from exprgrad.data.output.writer import open_writer
    from exprgrad.data.table import open_table
    from exprgrad.errors import OutputError

    found = hashlib.sha256()
    table = open_table([path], nulls="nan")
    for batch in table.columns(["x"]):
        found.update(batch["x"].tobytes())
    table = open_table([path], nulls="skip")
    for kind in ("ndjson", "arrow", "parquet"):
        with suppress(OutputError), open_writer(f"{path}.{kind}", None) as writer:
            for rows, numbers in table.rows(["x"], texts=False):
                writer.write(rows)
                found.update(numbers["x"].tobytes())
    with suppress(FileNotFoundError):
        found.update(Path(f"{path}.ndjson").read_bytes())
    with suppress(FileNotFoundError):
        found.update(_shown(f"{path}.arrow"))
    return found.hexdigest()


def _shown(path: str) -> bytes:
    """The values of an Arrow file that we wrote; what Python has no value for, as bytes."""
    import pyarrow as pa

    found = []
    for column in pa.ipc.open_file(path).read_all().columns:
        try:
            found.append(repr(column.to_pylist()))
        except (ValueError, OverflowError, pa.ArrowException):
            found.append(str(column.type))
    return "\n".join(found).encode("utf-8", "surrogateescape")


def attempt(read: Callable[[], str]) -> Outcome:
    """Run in a process of its own."""
    end, start = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(_SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        outcome = _outcome(read)
        os.write(start, json.dumps(outcome).encode())
        os._exit(0)
    os.close(start)
    with os.fdopen(end, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return Outcome("fault", f"ended by {signal.Signals(os.WTERMSIG(status)).name}")
    return Outcome(*json.loads(said))


def _outcome(read: Callable[[], str]) -> Outcome:
    from exprgrad.errors import ExitCode, ExprgradError

    try:
        return Outcome("read", read())
    except ExprgradError as error:
        kind = "refused" if error.exit_code in (ExitCode.DATA, ExitCode.LIMIT, ExitCode.OUTPUT) else "fault"
        return Outcome(kind, str(error)[:1000])
    except Exception as error:
        return Outcome("fault", f"{type(error).__name__}: {error}"[:1000])


def serve() -> None:
    """Read files of which the lines of standard input have the paths; the parent has all that they need in memory."""
    import duckdb  # noqa: F401
    import pyarrow.compute  # type: ignore[import-untyped]
    import pyarrow.csv  # type: ignore[import-untyped]
    import pyarrow.json  # type: ignore[import-untyped]
    import pyarrow.parquet  # noqa: F401

    from exprgrad.data.formats.foreign import duckdb_file, npy, sqlite, workbook  # noqa: F401
    from exprgrad.data.formats.json import document  # noqa: F401
    from exprgrad.data.output import writer  # noqa: F401
    from exprgrad.data.stores import unpacked  # noqa: F401
    from exprgrad.data.table import open_table  # noqa: F401

    for line in sys.stdin:
        path = line.rstrip("\n")
        print(json.dumps(attempt(lambda path=path: values(path))), flush=True)  # type: ignore[misc]


class Pair:
    """Two servers, whose memory differs."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "benchmarks.damaged", "--serve"]
        self._servers = [
            subprocess.Popen(
                command,
                env=os.environ | layout,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for layout in _LAYOUTS
        ]

    def read(self, content: bytes, suffix: str) -> Outcome:
        """What becomes of a file."""
        outcomes = []
        for server in self._servers:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"d.{suffix}"
                path.write_bytes(content)
                assert server.stdin
                assert server.stdout
                print(path, file=server.stdin, flush=True)
                kind, words = json.loads(server.stdout.readline())
                outcomes.append(Outcome(kind, words.replace(folder, "")))
        one, other = outcomes
        if "fault" in (one.kind, other.kind):
            return one if one.kind == "fault" else other
        if one != other and one.kind == other.kind == "read":
            return Outcome("fault", "values from outside of the file")
        return one

    def close(self) -> None:
        for server in self._servers:
            server.communicate()


def faults(
    files: int, seed: int, processes: int, keep: Path | None = None, only: Sequence[str] = ()
) -> tuple[Counter[str], list[str]]:
    """How many files were read and refused, by their suffix, and what went wrong. Files are of all suffixes, or `only`
    of these."""
    whole = [each for each in seeds() if not only or each[0] in only]
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    values: dict[str, str] = {}
    pairs: SimpleQueue[Pair] = SimpleQueue()
    all_pairs = [Pair() for _ in range(processes)]
    for pair in all_pairs:
        pairs.put(pair)

    def one(number: int) -> None:
        suffix, content = whole[number % len(whole)]
        if number >= len(whole):
            draw = random.Random(f"{seed} {number}")
            within = suffix in _ARCHIVES and draw.random() < 0.7
            content = damaged_within(content, draw) if within else damaged(content, draw)
        pair = pairs.get()
        outcome = pair.read(content, suffix)
        pairs.put(pair)
        if number < len(whole) and outcome.kind == "refused":
            outcome = Outcome("fault", f"a whole file was refused: {outcome.words}")
        if suffix in CHECKED and outcome.kind == "read" and values.setdefault(suffix, outcome.words) != outcome.words:
            outcome = Outcome("fault", "other values, in spite of the checksum")
        counts[f"{suffix} {outcome.kind}"] += 1
        if outcome.kind == "fault":
            wrong.append(f"file {number} ({suffix}): {outcome.words}")
            if keep is not None:
                (keep / f"{number}.{suffix}").write_bytes(content)

    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(one, range(len(whole))))
        list(pool.map(one, range(len(whole), len(whole) + files)))
    for pair in all_pairs:
        pair.close()
    return counts, wrong


def main() -> int:
    """Print what became of the files."""
    parser = ArgumentParser(prog="python -m benchmarks.damaged")
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that are not read as they should")
    parser.add_argument("--only", action="append", default=[], metavar="SUFFIX", help="files of this suffix alone")
    parser.add_argument("--serve", action="store_true", help="for the processes that read")
    options = parser.parse_args()
    if options.serve:
        serve()
        return 0
    if options.keep:
        options.keep.mkdir(exist_ok=True)
    counts, wrong = faults(options.files, options.seed, options.processes, options.keep, options.only)
    for suffix in dict.fromkeys(suffix for suffix, _ in seeds() if not options.only or suffix in options.only):
        read, refused, fault = (counts[f"{suffix} {kind}"] for kind in ("read", "refused", "fault"))
        print(f"{suffix:12} {read:5} read {refused:5} refused {fault:5} faults")
    print(*sorted(wrong), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
