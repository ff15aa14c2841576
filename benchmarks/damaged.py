"""Data files that are damaged, each read in a process of its own.

    python -m benchmarks.damaged [--files 5000] [--seed N] [--processes N] [--keep FOLDER]

Files of all formats, with columns of all types, are changed here and there at random, and read, whole and in part. Each
has to be read, or refused by one of our own errors. It is read twice, by processes whose memory is laid out and filled
differently: if they find other values, these came from outside of the file. Exits 1 for that, for the death of a
process, for an error that is not ours, and for what takes more than a minute. `--keep` keeps the files that did it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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
    import pyarrow.compute  # type: ignore[import-untyped]
    import pyarrow.csv  # type: ignore[import-untyped]
    import pyarrow.json  # type: ignore[import-untyped]
    import pyarrow.parquet  # noqa: F401

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


def faults(files: int, seed: int, processes: int, keep: Path | None = None) -> tuple[Counter[str], list[str]]:
    """How many files were read and refused, by their suffix, and what went wrong."""
    whole = list(seeds())
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    pairs: SimpleQueue[Pair] = SimpleQueue()
    all_pairs = [Pair() for _ in range(processes)]
    for pair in all_pairs:
        pairs.put(pair)

    def one(number: int) -> None:
        suffix, content = whole[number % len(whole)]
        if number >= len(whole):
            content = damaged(content, random.Random(f"{seed} {number}"))
        pair = pairs.get()
        outcome = pair.read(content, suffix)
        pairs.put(pair)
        if number < len(whole) and outcome.kind == "refused":
            outcome = Outcome("fault", f"a whole file was refused: {outcome.words}")
        counts[f"{suffix} {outcome.kind}"] += 1
        if outcome.kind == "fault":
            wrong.append(f"file {number} ({suffix}): {outcome.words}")
            if keep is not None:
                (keep / f"{number}.{suffix}").write_bytes(content)

    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(one, range(len(whole) + files)))
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
    parser.add_argument("--serve", action="store_true", help="for the processes that read")
    options = parser.parse_args()
    if options.serve:
        serve()
        return 0
    if options.keep:
        options.keep.mkdir(exist_ok=True)
    counts, wrong = faults(options.files, options.seed, options.processes, options.keep)
    for suffix in dict.fromkeys(suffix for suffix, _ in seeds()):
        read, refused, fault = (counts[f"{suffix} {kind}"] for kind in ("read", "refused", "fault"))
        print(f"{suffix:12} {read:5} read {refused:5} refused {fault:5} faults")
    print(*sorted(wrong), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
