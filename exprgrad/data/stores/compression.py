"""The compressions that a text can have, one row each: how they are known, how they are undone and made.

A new one is a row here. Those that pyarrow has are read by it. gzip is not written by it: pyarrow takes its slowest
level, and puts the time of day into the file.
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
    write: Callable[[Any], Any] | None
    """A sink before a file-like object, which compresses; the object stays open when the sink is closed. None where
    such files are not written."""
    anywhere: bool = False
    """Whether the file-like object is read at any place, and not from front to back."""


def _gzip(sink: Any) -> Any:
    from gzip import GzipFile

    return GzipFile("", "wb", compresslevel=4, fileobj=sink, mtime=0)


def _bzip2(sink: Any) -> Any:
    from bz2 import BZ2File

    return BZ2File(sink, "wb")


def _xz(sink: Any) -> Any:
    from lzma import LZMAFile

    return LZMAFile(sink, "wb")


def _read_xz(raw: Any) -> Any:
    from exprgrad.data.stores.unpacked import Xz

    return Xz(raw)


def _read_member(archive: Any) -> Any:
    from exprgrad.data.stores.unpacked import Member

    return Member(archive)


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
    Compression("bzip2", (".bz2",), b"BZh", _read("bz2"), _bzip2),
    Compression("xz", (".xz",), b"\xfd7zXZ\0", _read_xz, _xz),
    Compression("zip", (".zip",), b"PK\x03\x04", _read_member, None, anywhere=True),
)


def compression_by_start(start: bytes) -> Compression | None:
    """The compression of a file with these first bytes."""
    return next((each for each in COMPRESSIONS if start.startswith(each.magic)), None)


def compression_by_name(path: str) -> Compression | None:
    """The compression that the last suffix of a name tells."""
    suffix = os.path.splitext(path.lower())[1]
    return next((each for each in COMPRESSIONS if suffix in each.suffixes), None)
