"""Large texts in pieces: where rows begin in one is told by a look at it, on any machine that sees the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from exprgrad.data.formats.delimited import Delimited
from exprgrad.data.formats.ndjson import Ndjson
from exprgrad.data.parts.shards import Part, open_part
from exprgrad.data.text.seams import OUTSIDE, Seam


def look(part: Part) -> Seam:
    """What a piece of a text shows. Raises DataError for a file that this machine does not see, or sees another."""
    with _opened(part) as text:
        return text.lines.seam()


def count(part: Part) -> int:
    """The rows of a piece of a text, also those that nulls drop."""
    with _opened(part) as text:
        return text.count()


def types(part: Part, used: Sequence[str], texts: bool) -> Any:
    """What the columns hold in all pieces of a text, by its first rows: see `Table.rows`."""
    with _opened(part) as text:
        return text.types(used, texts)


def settled(parts: Sequence[Part], seams: Iterable[Seam]) -> list[Part]:
    """The parts, with pieces of texts moved to where rows begin, by what they show."""
    shown = iter(seams)
    found: list[Part] = []
    for pieces in files(parts):
        found += _between_rows(pieces, shown) if pieces[0].text else pieces
    return found


def before(parts: Sequence[Part], place: int) -> Sequence[Part]:
    """The pieces of its file before a part."""
    first = place
    while first and parts[first].follows(parts[first - 1]):
        first -= 1
    return parts[first:place]


def files(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """The pieces of each file."""
    first = 0
    for place in range(1, len(parts) + 1):
        if place == len(parts) or not parts[place].follows(parts[place - 1]):
            yield parts[first:place]
            first = place


def _between_rows(pieces: Sequence[Part], seams: Iterator[Seam]) -> list[Part]:
    """The pieces of a file; where no row begins in one, that before it goes on."""
    edges = []
    state = OUTSIDE
    for piece, seam in zip(pieces, seams, strict=False):
        assert piece.cut
        start, end = piece.cut
        if (row := seam.row[state]) is not None:
            edges.append(start + row)
        state = seam.left[state]
    edges.append(end)
    return [pieces[0]._replace(cut=cut, weight=cut[1] - cut[0]) for cut in pairwise(edges)]


@contextmanager
def _opened(part: Part) -> Iterator[Delimited | Ndjson]:
    with open_part(part, "nan") as table:
        (reader,) = table.readers
        assert isinstance(reader, Delimited | Ndjson)
        yield reader
