"""Rows of data on a terminal: what could be a command to it is written as an escape."""

from __future__ import annotations

import io
from codecs import getincrementaldecoder
from typing import IO, Any, TextIO

from exprgrad.errors import visible


class Terminal(io.BytesIO):
    """A sink of bytes, as `stream` has one; lines and tabs stay what they are."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._decoder = getincrementaldecoder("utf-8")("backslashreplace")

    def write(self, data: Any, /) -> int:
        text = self._decoder.decode(bytes(data))
        text = "".join(c if c in "\n\t" else visible(c) for c in text) if not text.isprintable() else text
        self._stream.buffer.write(text.encode(self._stream.encoding or "utf-8", "backslashreplace"))
        return len(data)

    def flush(self) -> None:
        self._stream.buffer.flush()


def bytes_of(stream: TextIO) -> IO[bytes]:
    """Where the bytes of a stream go."""
    return Terminal(stream) if stream.isatty() else stream.buffer
