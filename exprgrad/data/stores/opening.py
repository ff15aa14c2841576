"""Opens what a path names: a file of this machine, a URL, or "-" for standard input."""

from __future__ import annotations

import io
import os
import stat
import sys
import weakref
from collections.abc import Callable

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.faults import unreadable
from exprgrad.data.stores import schemes
from exprgrad.data.stores.bytesource import ByteSource, Origin
from exprgrad.data.stores.pipe import Pipe
from exprgrad.data.stores.store import Forward, anywhere
from exprgrad.data.stores.urls import is_url
from exprgrad.errors import DataError, UsageError
from exprgrad.text.escapes import visible


def open_source(path: str, *, again: Callable[[], bool], name: str = "") -> ByteSource:
    """A file, also at a URL, or standard input for "-". The content of a pipe is kept for further passes if `again()`,
    which is asked when the pipe is read. `name` is what messages call it, by default its path.

    Raises DataError for a file that is missing, empty, a folder or not to be read.
    """
    if path == "-":
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        pipe = Pipe(sys.stdin.buffer, "standard input", again)
        return ByteSource(pipe.name, pipe.open)
    if is_url(path):
        return _remote(path)
    if not path:
        raise DataError("no file has an empty name")
    try:
        raw = open(path, "rb", buffering=0)  # noqa: SIM115
    except OSError as error:
        raise unreadable(name or path, error) from None
    except ValueError:  # a null character in the name
        raise DataError(f"cannot read {visible(name or path)}: no file can have this name") from None
    status = os.fstat(raw.fileno())
    if not stat.S_ISREG(status.st_mode):
        pipe = Pipe(raw, path, again)
        weakref.finalize(pipe, raw.close)
        return ByteSource(path, pipe.open)
    raw.close()

    def reopen(peek: bool) -> io.RawIOBase:
        try:
            return open(path, "rb", buffering=0)
        except OSError as error:
            raise unreadable(name or path, error) from None

    return ByteSource(name or path, reopen, Origin(os.path.abspath(path), status.st_size), lambda: pa.OSFile(path))


def _remote(url: str) -> ByteSource:
    store = schemes.opened(url)
    origin = Origin(url, store.size, store.version, store.ranged)
    return ByteSource(store.name, lambda peek: Forward(store), origin, anywhere(store))
