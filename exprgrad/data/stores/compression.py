"""The compressions that a text can have, one row each: how they are known, how they are undone and made.

A new one is a row here. Those of today are pyarrow's, but for writing gzip: pyarrow takes its slowest level, and puts
the time of day into the file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple


class Compression(NamedTuple):
    """One way to compress a stream of bytes."""

    name: str
    suffixes: tuple[str, ...]
    """Of the names of such files, after that of the format."""
    magic: bytes
    """The bytes that such a file begins with."""
    read: Callable[[Any], Any]
    """The content of a file-like object, decompressed."""
    write: Callable[[Any], Any]
    """A sink before a file-like object, which compresses; the object stays open when the sink is closed."""


def _gzip(sink: Any) -> Any:
    from gzip import GzipFile

    return GzipFile("", "wb", compresslevel=4, fileobj=sink, mtime=0)


def _read(name: str) -> Callable[[Any], Any]:
    def read(raw: Any) -> Any:
        import pyarrow as pa  # type: ignore[import-untyped]

        return pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), name)

    return read


def _write(name: str) -> Callable[[Any], Any]:
    def write(sink: Any) -> Any:
        import pyarrow as pa

        return pa.CompressedOutputStream(pa.PythonFile(sink, mode="w"), name)

    return write


COMPRESSIONS = (
    Compression("gzip", (".gz",), b"\x1f\x8b", _read("gzip"), _gzip),
    Compression("zstd", (".zst", ".zstd"), b"\x28\xb5\x2f\xfd", _read("zstd"), _write("zstd")),
)


def compression_by_start(start: bytes) -> Compression | None:
    """The compression of a file with these first bytes."""
    return next((each for each in COMPRESSIONS if start.startswith(each.magic)), None)


def compression_by_name(path: str) -> Compression | None:
    """The compression that the last suffix of a name tells."""
    suffix = os.path.splitext(path.lower())[1]
    return next((each for each in COMPRESSIONS if suffix in each.suffixes), None)
