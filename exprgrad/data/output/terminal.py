"""Rows of data on a terminal: what could be a command to it is written as an escape."""

from __future__ import annotations

import io
from codecs import getincrementaldecoder
from typing import IO, Any

from exprgrad.text.escapes import visible


class Terminal(io.BytesIO):
    """A sink of UTF-8 before that of a terminal; lines and tabs stay what they are."""

    def __init__(self, sink: IO[bytes]) -> None:
        super().__init__()
        self._sink = sink
        self._decoder = getincrementaldecoder("utf-8")("backslashreplace")

    def write(self, data: Any, /) -> int:
        text = self._decoder.decode(bytes(data))
        if not text.isprintable():
            text = "".join(c if c in "\n\t" else visible(c) for c in text)
        self._sink.write(text.encode())
        return len(data)

    def flush(self) -> None:
        self._sink.flush()


def escaped(sink: IO[bytes]) -> IO[bytes]:
    """The sink, or one before it where it is a terminal."""
    return Terminal(sink) if sink.isatty() else sink
