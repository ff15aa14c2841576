"""The rows of a text file, all of them or those of a part; and what a look at a part shows."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import pairwise

from exprgrad.data.batch import FileBatch
from exprgrad.data.faults import MisfitError
from exprgrad.data.stores.bytesource import Bounds, ByteSource
from exprgrad.data.stores.reading import fill, read_up_to
from exprgrad.data.text.batches import batches
from exprgrad.data.text.rows import first_end
from exprgrad.data.text.seams import EMPTY, OUTSIDE, Seam, seam

PART = 32 << 20
"""Bytes of a part at the most: what is worth a task."""
_LOOK = 1 << 20
"""Bytes that are looked at together, in the cache."""


class Lines:
    """The rows of a text, which begin at the byte `begin`: all of them, or those of a part, which begins and ends
    where a row does. Without a delimiter no character is a quote (NDJSON)."""

    def __init__(self, source: ByteSource, delimiter: str | None, begin: int, bounds: Bounds | None):
        self._source = source
        self._delimiter = delimiter
        self._begin = begin
        self._start = bounds[0] if bounds else begin
        self._stop = bounds[1] if bounds else None

    @property
    def first(self) -> int | None:
        """Rows of the file before these; None where they are not counted."""
        return 0 if self._start == self._begin else None

    def batches(self) -> Generator[memoryview, None, None]:
        """The rows, some megabytes at a time."""
        return batches(self._source, self._start, self._stop, self._delimiter)

    def sample(self) -> memoryview:
        """The first batch of the file, whichever rows are read."""
        with closing(batches(self._source, self._begin, None, self._delimiter)) as found:
            return next(found, memoryview(b""))

    def before(
        self, parse: Callable[[memoryview], FileBatch], rows: memoryview, misfit: MisfitError
    ) -> Iterator[FileBatch]:
        """The rows of a batch before the one that does not fit, which is then the first."""
        if misfit.row:
            yield parse(rows[: first_end(rows, self._delimiter, misfit.row)])
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
        text = bytearray(1 + _LOOK)
        inner = self._start > self._begin
        with closing(self._source.open(self._start - inner, self._stop)) as stream:
            text[:1] = read_up_to(stream, 1, self._source.name) if inner else b"\n"
            while got := fill(stream, memoryview(text)[1:], self._source.name):
                found = found.then(seam(text[: got + 1], self._delimiter))
                text[0] = text[got]
                if self._delimiter is None and found.row[OUTSIDE] is not None:
                    break
        return found
