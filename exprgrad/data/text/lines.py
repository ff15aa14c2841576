"""The rows of a text file, all of them or those of a part; and what a look at a part shows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import pairwise

from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import MisfitError
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.data.stores.reading import fill, read_up_to
from exprgrad.data.text.batches import LONGEST, batches
from exprgrad.data.text.comments import AHEAD
from exprgrad.data.text.rows import first_end, last_end
from exprgrad.data.text.seams import EMPTY, OUTSIDE, Seam, seam

PART = 32 << 20
"""Bytes of a part at the most: what is worth a task."""
_START = 1 << 15
"""Bytes of the first rows, or more where a row is longer."""
_LOOK = 1 << 20
"""Bytes that are looked at together, in the cache."""


class Lines:
    """The rows of a text, which begin at the byte `begin`: all of them, or those of a part, which begins and ends
    where a row does. Without a delimiter no character is a quote (NDJSON); without a comment every line counts."""

    def __init__(self, source: ByteSource, delimiter: str | None, begin: int, bounds: Bounds | None, comment: str = ""):
        self._source = source
        self._delimiter = delimiter
        self._comment = comment
        self._begin = begin
        self._start = bounds[0] if bounds else begin
        self._stop = bounds[1] if bounds else None

    @property
    def first(self) -> int | None:
        """Rows of the file before these; None where they are not counted."""
        return 0 if self._start == self._begin else None

    def batches(self) -> Generator[memoryview, None, None]:
        """The rows, some megabytes at a time."""
        return batches(self._source, self._start, self._stop, self._delimiter, self._comment)

    def sample(self) -> memoryview:
        """The first batch of the file, whichever rows are read."""
        with closing(batches(self._source, self._begin, None, self._delimiter, self._comment)) as found:
            return next(found, memoryview(b""))

    def start(self) -> memoryview:
        """The first rows of the file that are whole, at least one if there is any; fewer than a batch, as they may be
        read before the others."""
        size = _START
        while True:
            text = bytearray(self._source.peek(self._begin + size))[self._begin :]
            end = len(text) if len(text) < size else last_end(text, size, self._delimiter, self._comment)
            if end or size > LONGEST:
                return memoryview(text)[:end]
            size *= 4

    def before(
        self, parse: Callable[[memoryview], FileBatch], rows: memoryview, misfit: MisfitError
    ) -> Iterator[FileBatch]:
        """The rows of a batch before the one that does not fit, which is then the first."""
        if misfit.row:
            yield parse(rows[: first_end(rows, self._delimiter, misfit.row, self._comment)])
            misfit.row = 0

    def divisions(self, size: int | None) -> list[tuple[Bounds, float]]:
        """Parts of a file of this many bytes, which may begin and end within a row; empty if it is not to be divided:
        what is compressed is read in order."""
        if size is None or self._source.compression:
            return []
        count = -(-(size - self._begin) // PART)
        if count < 2:
            return []
        edges = [self._begin + (size - self._begin) * k // count for k in range(count + 1)]
        return [((start, stop), float(stop - start)) for start, stop in pairwise(edges)]

    def seam(self) -> Seam:
        """What a look at the bytes within the bounds shows; they may begin and end within a row."""
        found = EMPTY
        inner = self._start > self._begin
        beyond = AHEAD if self._comment else 0
        stop = None if self._stop is None else self._stop + beyond
        rest = sys.maxsize if self._stop is None else self._stop - self._start
        text = bytearray(1 + _LOOK + beyond)
        with closing(self._source.open(self._start - inner, stop)) as stream:
            text[:1] = read_up_to(stream, 1, self._source.name) if inner else b"\n"
            kept = 0
            while rest > 0:
                got = kept + fill(stream, memoryview(text)[1 + kept :], self._source.name)
                size = min(got, _LOOK, rest)
                if not size:
                    break
                ahead = bytes(text[1 + size : 1 + got])
                first = not inner and not found.size
                found = found.then(seam(text[: 1 + size], self._delimiter, self._comment, ahead, first))
                if self._delimiter is None and found.row[OUTSIDE] is not None:
                    break
                text[: 1 + len(ahead)] = text[size : 1 + got]
                kept = len(ahead)
                rest -= size
        return found
