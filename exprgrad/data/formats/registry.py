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
    from exprgrad.data.formats.ndjson import read, write

    return Codec(read, write)


def _parquet() -> Codec:
    from exprgrad.data.formats.parquet import read, write

    return Codec(read, write)


def _arrow() -> Codec:
    from exprgrad.data.formats.arrow import read, write

    return Codec(read, write)


_BOM = rb"(?:\xef\xbb\xbf)?+"

_ROWS = (
    Format("csv", (".csv",), _csv, keeps_texts=True, compressible=True),
    Format(
        "tsv",
        (".tsv", ".tab"),
        _tsv,
        look=re.compile(_BOM + rb"[\r\n]*+[^\r\n,\t]*+\t[^\r\n,]*+(?:[\r\n]|\Z)"),  # a tab in line 1, and no comma
        keeps_texts=True,
        compressible=True,
    ),
    Format("ndjson", (".ndjson", ".jsonl"), _ndjson, look=re.compile(_BOM + rb"[ \t\r\n]*+\{"), compressible=True),
    Format(
        "parquet",
        (".parquet", ".pq"),
        _parquet,
        magic=re.compile(rb"PAR1[\x00-\x08\x0b\x0c\x0e-\x1f]"),  # "PAR1" alone may begin a text
        look=re.compile(rb"PAR1"),
    ),
    Format(
        "arrow",
        (".arrow", ".arrows", ".feather", ".ipc"),
        _arrow,
        magic=re.compile(rb"ARROW1\0"),
        look=re.compile(rb"ARROW1|\xff\xff\xff\xff"),
        streamed=(".arrows",),
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


def format_named(name: str) -> Format:
    """The format of this name. Raises UsageError if there is none."""
    if name not in FORMATS:
        raise UsageError(f"no such data format: {visible(name)}", hint=f"give {known_formats()}")
    return FORMATS[name]


def known_formats() -> str:
    """The names of all formats, for a message."""
    *names, last = FORMATS
    return f"{', '.join(names)} or {last}"


def format_of(path: str) -> Format | None:
    """The format that the name of a file tells, that of a compressed one by its inner suffix."""
    stem, suffix = os.path.splitext(path.lower())
    if compression_by_name(path) is not None:
        suffix = os.path.splitext(stem)[1]
    return next((known for known in FORMATS.values() if suffix in known.suffixes), None)


def format_at(path: str, start: bytes) -> Format:
    """The format of a file of this name that begins with these bytes."""
    for known in FORMATS.values():
        if known.magic is not None and known.magic.match(start):
            return known
    return format_of(path) or _looked_at(start)


def _looked_at(start: bytes) -> Format:
    for known in reversed(FORMATS.values()):
        if known.look is not None and known.look.match(start):
            return known
    return FORMATS["csv"]


for _row in _ROWS:
    register(_row)
