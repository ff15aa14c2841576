"""The rows of a text file, all of them or those that begin in a stretch of its bytes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import pairwise

from exprgrad.data.faults import MisfitError
from exprgrad.data.piece import Piece
from exprgrad.data.stores.bytesource import ByteSource
from exprgrad.data.stores.reading import fill, read_up_to
from exprgrad.data.text.chunks import chunks
from exprgrad.data.text.rows import first_end
from exprgrad.data.text.seams import EMPTY, OUTSIDE, Seam, seam

RANGE = 32 << 20
"""Bytes of a stretch that is worth a task, at the most."""
_BLOCK = 1 << 20
"""Bytes that are looked at together, in the cache."""


class Lines:
    """Of a file whose rows begin at the byte `begin`; `cut` is the first byte of those that are read, and the first of
    those that are not. Without a delimiter there are no quotes to heed (NDJSON)."""

    def __init__(self, source: ByteSource, delimiter: str | None, begin: int, cut: tuple[int, int] | None):
        self._source = source
        self._delimiter = delimiter
        self._begin = begin
        self._start = cut[0] if cut else begin
        self._stop = cut[1] if cut else None

    @property
    def first(self) -> int | None:
        """Rows of the file before these; None where they are not counted."""
        return 0 if self._start == self._begin else None

    def blocks(self) -> Generator[memoryview, None, None]:
        """The rows, some megabytes at a time."""
        return chunks(self._source, self._start, self._stop, self._delimiter)

    def sample(self) -> memoryview:
        """The first block of the file, whichever rows are read."""
        with closing(chunks(self._source, self._begin, None, self._delimiter)) as blocks:
            return next(blocks, memoryview(b""))

    def before(self, parse: Callable[[memoryview], Piece], block: memoryview, misfit: MisfitError) -> Iterator[Piece]:
        """The rows of a block before the one that does not fit, which is then the first."""
        if misfit.row:
            yield parse(block[: first_end(block, self._delimiter, misfit.row)])
            misfit.row = 0

    def ranges(self, size: int) -> list[tuple[int, int]]:
        """Stretches of a file of this size, none if it is not to be divided: what is compressed is read in order."""
        count = -(-(size - self._begin) // RANGE)
        if count < 2 or self._source.compression:
            return []
        return list(pairwise(self._begin + (size - self._begin) * k // count for k in range(count + 1)))

    def seam(self) -> Seam:
        """What the stretch of bytes shows, which may begin and end within a row."""
        found = EMPTY
        text = bytearray(1 + _BLOCK)
        inner = self._start > self._begin
        with closing(self._source.open(self._start - inner, self._stop)) as stream:
            text[:1] = read_up_to(stream, 1, self._source.name) if inner else b"\n"
            while got := fill(stream, memoryview(text)[1:], self._source.name):
                found = found.then(seam(text[: got + 1], self._delimiter))
                text[0] = text[got]
                if self._delimiter is None and found.row[OUTSIDE] is not None:
                    break
        return found
