"""Rows of data on a terminal: characters that could be commands to it are written as escapes."""

from __future__ import annotations

import io
from codecs import getincrementaldecoder
from typing import IO, Any

from exprgrad.text.escapes import visible


class Terminal(io.BytesIO):
    """A sink of UTF-8 text before the sink of a terminal. Line ends and tabs stay as they are."""

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
    """The sink itself, or a `Terminal` before it if it is one."""
    return Terminal(sink) if sink.isatty() else sink
