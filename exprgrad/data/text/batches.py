"""A text stream in batches of whole rows."""

from __future__ import annotations

from collections.abc import Generator

from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.stores.reading import fill
from exprgrad.data.text.rows import last_end
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

BATCH = 4 << 20
"""Bytes of a batch of rows: long enough to forget the cost of a call, short enough for the cache and for memory."""

LONGEST = 64 << 20
"""Bytes of the longest row."""

_SPARE = 8
"""Texts that are kept to be written over: fresh memory takes as long as reading."""


def batches(
    source: ByteSource, start: int, stop: int | None, delimiter: str | None, comment: str = ""
) -> Generator[memoryview, None, None]:
    """The rows between two bytes, some megabytes of whole rows at a time; to the end of the file without `stop`."""
    stream = source.open(start, stop)
    texts: list[bytearray] = []
    try:
        tail = b""
        while True:
            # Where a row is longer than a batch, the step doubles.
            room = min(max(BATCH, len(tail)), LONGEST + 1 - len(tail))
            text = _unused(texts, len(tail) + room)
            place = memoryview(text)
            place[: len(tail)] = tail
            got = fill(stream, place[len(tail) : len(tail) + room], source.name, source.compression)
            end = len(tail) + got
            if got < room:
                if end:
                    yield memoryview(text)[:end]
                return
            whole = last_end(text, end, delimiter, comment)
            tail = bytes(place[whole:end])  # a slice of a bytearray is a SystemError where memory ends
            if whole:
                yield memoryview(text)[:whole]
            elif len(tail) > LONGEST:
                raise too_long(source.name, hint="is a quote left open?" if delimiter else "")
    finally:
        stream.close()


def too_long(name: str, hint: str = "") -> DataError:
    """The error for a row that is too long to be read."""
    return DataError(f"{visible(name)}: a row is longer than {LONGEST >> 20} MB", hint=hint)


def _unused(texts: list[bytearray], size: int) -> bytearray:
    """One of the texts, of at least this size, whose bytes nobody looks at any more; or a new one, which is kept if
    there is room for it."""
    for text in texts:
        if len(text) >= size and _is_free(text):
            return text
    usual = BATCH + (BATCH >> 4)
    if size > usual or len(texts) == _SPARE:
        return bytearray(size)
    texts.append(bytearray(usual))
    return texts[-1]


def _is_free(text: bytearray) -> bool:
    """Whether no view of a text is left: only then can its size change."""
    try:
        text.append(text.pop())
    except BufferError:
        return False
    return True
