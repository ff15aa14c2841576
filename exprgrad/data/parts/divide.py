"""A table divided into parts, which are read apart and give the rows of the whole.

Row groups of Parquet are parts as they are. A large text is first divided at any bytes; a look at each part, wherever
it is done, tells where rows begin in it (`data.text.seams`); then `settled` moves the bounds to there. For example, of

    a,b⏎1,"x⏎y"⏎2,z⏎        (⏎ ends a line, in quotes or not)

divided after `1,"x`, the second part begins inside quotes. Its look says: "entered outside of quotes, my first row
begins after the first ⏎; entered inside, after the second". The look at the first part says that it is left inside. So
the row `1,"x⏎y"` is the first part's to its end, and the second part begins at `2,z`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from exprgrad.data.formats.format import DivisibleReader, LaidOutReader, Reader, TextReader
from exprgrad.data.parts.part import Part, open_part
from exprgrad.data.table import Table
from exprgrad.data.text.seams import OUTSIDE, Seam
from exprgrad.errors import UsageError
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.text.escapes import visible


def divide(table: Table) -> list[Part]:
    """The parts of a table, in the order of its rows; those of large texts begin and end anywhere.

    Raises UsageError for a pipe.
    """
    found: list[Part] = []
    for reader in table.readers:
        if reader.origin is None:
            raise _undivided(reader)
        path, size, version, ranged = reader.origin
        options = table.options
        if isinstance(reader, LaidOutReader):
            options = options._replace(layout=reader.layout)
        whole = Part(path, reader.name, size, None, size or 0.0, version, options)
        divisions = reader.divisions(size) if ranged and isinstance(reader, DivisibleReader) else []
        text = isinstance(reader, TextReader)
        found += [whole._replace(bounds=bounds, weight=weight, text=text) for bounds, weight in divisions] or [whole]
    known = [part.weight for part in found if part.weight]
    usual = plain_sum(known) / len(known) if known else 1.0
    return [part if part.weight else part._replace(weight=usual) for part in found]


def look(part: Part) -> Seam:
    """What a part of a text shows. Raises DataError for a file that this machine does not see, or sees another."""
    with _opened(part) as text:
        return text.lines.seam()


def count(part: Part) -> int:
    """The rows of a part of a text, also those that nulls drop."""
    with _opened(part) as text:
        return text.count()


def types(part: Part, used: Sequence[str], texts: bool) -> Any:
    """The types of the columns in all parts of a text, by its first rows: see `Table.rows`."""
    with _opened(part) as text:
        return text.types(used, texts)


def settled(parts: Sequence[Part], seams: Iterable[Seam]) -> list[Part]:
    """The parts, those of texts moved to where rows begin; `seams` is what a look at each of these showed."""
    shown = iter(seams)
    found: list[Part] = []
    for of_file in files(parts):
        found += _between_rows(of_file, shown) if of_file[0].text else of_file
    return found


def before(parts: Sequence[Part], place: int) -> Sequence[Part]:
    """The parts of the same file before the part at a place."""
    first = place
    while first and parts[first].follows(parts[first - 1]):
        first -= 1
    return parts[first:place]


def files(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """The parts of each file."""
    first = 0
    for place in range(1, len(parts) + 1):
        if place == len(parts) or not parts[place].follows(parts[place - 1]):
            yield parts[first:place]
            first = place


def _between_rows(parts: Sequence[Part], seams: Iterator[Seam]) -> list[Part]:
    """The parts of one file; where no row begins in a part, the one before it goes on."""
    edges = []
    state = OUTSIDE
    for part, seam in zip(parts, seams, strict=False):
        assert part.bounds
        start, end = part.bounds
        if (row := seam.row[state]) is not None:
            edges.append(start + row)
        state = seam.left[state]
    edges.append(end)
    return [parts[0]._replace(bounds=bounds, weight=bounds[1] - bounds[0]) for bounds in pairwise(edges)]


@contextmanager
def _opened(part: Part) -> Iterator[TextReader]:
    with open_part(part, "nan") as table:
        (reader,) = table.readers
        assert isinstance(reader, TextReader)
        yield reader


def _undivided(reader: Reader) -> UsageError:
    """The error for what is in this process alone."""
    from exprgrad.data.query import Query

    if isinstance(reader, Query):
        way = "leave out --cluster, or write the answer to a file: exprgrad map … --query … -o FILE"
        return UsageError("a query is asked on this machine, and its answer is not divided on a cluster", hint=way)
    return UsageError(f"{visible(reader.name)} is a pipe, which no other process can read", hint="write a file")
