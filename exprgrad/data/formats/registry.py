"""The formats of data, one row each. A new format is a file beside this one and a row here.

The order of the rows is that of `--format` and of messages. Where neither name nor magic bytes tell the format, the
rows are asked from the last to the first how a file looks; what none of them knows is CSV. Nothing here needs pyarrow:
a codec imports it when a file is opened.
"""

from __future__ import annotations

import os
import re
from functools import partial

from exprgrad.data.formats.format import Codec, Format
from exprgrad.data.stores.compression import compression_by_name
from exprgrad.errors import UsageError
from exprgrad.text.escapes import visible


def _csv() -> Codec:
    from exprgrad.data.formats.delimited import read, write

    return Codec(partial(read, ","), partial(write, ","))


def _tsv() -> Codec:
    from exprgrad.data.formats.delimited import read, write

    return Codec(partial(read, "\t"), partial(write, "\t"))


def _ndjson() -> Codec:
    from exprgrad.data.formats.json.ndjson import read
    from exprgrad.data.formats.json.text import write

    return Codec(read, write)


def _numpy() -> Codec:
    from exprgrad.data.formats.foreign.npy import read

    return Codec(read)


def _workbook() -> Codec:
    from exprgrad.data.formats.foreign.workbook import read

    return Codec(read)


def _sqlite() -> Codec:
    from exprgrad.data.formats.foreign.sqlite import read

    return Codec(read)


def _duckdb() -> Codec:
    from exprgrad.data.formats.foreign.duckdb_file import read

    return Codec(read)


def _json() -> Codec:
    from exprgrad.data.formats.json.document import read, write

    return Codec(read, write)


def _parquet() -> Codec:
    from exprgrad.data.formats.parquet import read, write

    return Codec(read, write)


def _arrow() -> Codec:
    from exprgrad.data.formats.arrow import read, write

    return Codec(read, write)


_BOM = rb"(?:\xef\xbb\xbf)?+"

_SHEET = frozenset({"sheet"})
_HEADER = frozenset({"skip_lines", "names", "header", "missing"})
_TEXT = _HEADER | {"delimiter", "decimal", "thousands", "percent", "comment", "encoding"}

_ROWS = (
    Format(
        "csv",
        (".csv",),
        _csv,
        keeps_texts=True,
        compressible=True,
        about="text with a delimiter between fields",
        heeds=_TEXT,
    ),
    Format(
        "tsv",
        (".tsv", ".tab"),
        _tsv,
        look=re.compile(_BOM + rb"[\r\n]*+[^\r\n,\t]*+\t[^\r\n,]*+(?:[\r\n]|\Z)"),  # a tab in line 1, and no comma
        keeps_texts=True,
        compressible=True,
        about="the same, with tabs",
        heeds=_TEXT,
    ),
    Format(
        "ndjson",
        (".ndjson", ".jsonl"),
        _ndjson,
        look=re.compile(_BOM + rb"[ \t\r\n]*+\{"),
        compressible=True,
        about="JSON Lines, an object a row",
    ),
    Format(
        "json",
        (".json",),
        _json,
        look=re.compile(_BOM + rb"[ \t\r\n]*+(?:\[[ \t\r\n]*+[{\]]|\{[ \t]*+[\r\n])"),
        compressible=True,
        about="JSON: an array of objects, the rows, or an object of arrays, the columns",
    ),
    Format(
        "parquet",
        (".parquet", ".pq"),
        _parquet,
        magic=re.compile(rb"PAR1[\x00-\x08\x0b\x0c\x0e-\x1f]"),  # "PAR1" alone may begin a text
        look=re.compile(rb"PAR1"),
        about="Apache Parquet",
    ),
    Format(
        "arrow",
        (".arrow", ".arrows", ".feather", ".ipc"),
        _arrow,
        magic=re.compile(rb"ARROW1\0"),
        look=re.compile(rb"ARROW1|\xff\xff\xff\xff"),
        streamed=(".arrows",),
        about="Arrow IPC (Feather), files and streams",
    ),
    Format(
        "numpy",
        (".npy", ".npz"),
        _numpy,
        magic=re.compile(rb"\x93NUMPY[\x01-\x03]\0|PK\x03\x04.{26}[^/\0]{1,200}?\.npy", re.DOTALL),
        written=False,
        about="arrays of NumPy, of numbers",
        heeds=_SHEET,
    ),
    Format(
        "workbook",
        (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
        _workbook,
        magic=re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        look=re.compile(rb"PK\x03\x04"),
        written=False,
        about="sheets of workbooks",
        heeds=_SHEET | _HEADER | {"comment"},
        extra="files",
    ),
    Format(
        "sqlite",
        (".sqlite", ".sqlite3", ".db"),
        _sqlite,
        magic=re.compile(rb"SQLite format 3\0"),
        written=False,
        about="tables of SQLite databases",
        heeds=_SHEET,
    ),
    Format(
        "duckdb",
        (".duckdb", ".ddb"),
        _duckdb,
        magic=re.compile(rb".{8}DUCK", re.DOTALL),
        written=False,
        about="tables of DuckDB databases",
        heeds=_SHEET,
        extra="sql",
    ),
)

FORMATS: dict[str, Format] = {}
"""The formats by name."""


def register(format: Format) -> None:  # noqa: A002
    """Add a format. Raises ValueError where its name or a suffix is another's."""
    for other in FORMATS.values():
        if format.name == other.name or set(format.suffixes) & set(other.suffixes):
            raise ValueError(f"the format {format.name} has the name or a suffix of {other.name}")
    FORMATS[format.name] = format


def format_named(name: str, *, write: bool = False) -> Format:
    """The format of this name, or to read that of files whose names end so. Raises UsageError if there is none, or
    none to `write`."""
    known = FORMATS.get(name) or (None if write else format_of(f"data.{name}"))
    if known is None:
        raise UsageError(f"no such data format: {visible(name)}", hint=f"give {known_formats(write=write)}")
    return to_write(known) if write else known


def to_write(known: Format) -> Format:
    """The format. Raises UsageError if it is only read."""
    if not known.written:
        what = f"files of the format {known.name} are read and not written"
        raise UsageError(what, hint=f"give --format: {known_formats(write=True)}")
    return known


def known_formats(*, write: bool = False) -> str:
    """The names of all formats, or of those that are written, for a message."""
    *names, last = (name for name, known in FORMATS.items() if known.written or not write)
    return f"{', '.join(names)} or {last}"


def format_of(path: str) -> Format | None:
    """The format that the name of a file tells, that of a compressed one by its inner suffix."""
    stem, suffix = os.path.splitext(path.lower())
    if compression_by_name(path) is not None:
        suffix = os.path.splitext(stem)[1]
    return next((known for known in FORMATS.values() if suffix in known.suffixes), None)


def format_at(path: str, start: bytes, member: str | None = None) -> Format:
    """The format of a file of this name that begins with these bytes; in an archive it has a name of its own."""
    for known in FORMATS.values():
        if known.magic is not None and known.magic.match(start):
            return known
    return (member and format_of(member)) or format_of(path) or _looked_at(start)


def _looked_at(start: bytes) -> Format:
    for known in reversed(FORMATS.values()):
        if known.look is not None and known.look.match(start):
            return known
    return FORMATS["csv"]


for _row in _ROWS:
    register(_row)
