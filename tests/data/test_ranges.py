"""Where a text is divided makes no difference, to its rows and to what is said of a bad one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from unittest import mock

from hypothesis import example, given, settings
from hypothesis import strategies as st

from exprgrad.data import chunks, lines, ndjson, ranges, seams
from exprgrad.data.faults import MisfitError
from exprgrad.data.shards import open_part, parts
from exprgrad.data.table import Table, open_table
from exprgrad.errors import DataError

Reading = Callable[[Table], Iterable[str]]


def divided(path: Path, nulls: str, read: Reading) -> Iterator[str]:
    """The rows, part by part, as a cluster has them."""
    given = parts(open_table([str(path)], nulls=nulls))
    found = ranges.settled(given, [ranges.look(part) for part in given if part.rough])
    for place, part in enumerate(found):
        try:
            yield from read(open_part(part, nulls))
        except MisfitError as misfit:
            raise misfit.at(part.name, sum(map(ranges.count, ranges.before(found, place)))) from None


def outcome(path: Path, nulls: str, read: Reading, stretch: int, chunk: int, longest: int) -> list[str] | str:
    """All rows, or what is wrong, with stretches, chunks and rows of so many bytes at the most."""
    with (
        mock.patch.object(lines, "RANGE", stretch),
        mock.patch.object(lines, "_BLOCK", chunk),
        mock.patch.object(seams, "_WINDOW", 3),
        mock.patch.object(chunks, "CHUNK", chunk),
        mock.patch.object(chunks, "LONGEST", longest),
        mock.patch.object(ndjson, "_FIRST", len(FIRST)),
    ):
        try:
            return list(divided(path, nulls, read))
        except DataError as error:
            return str(error)


def numbers(table: Table) -> Iterator[str]:
    return (repr(value) for batch in table.columns(["x"]) for value in batch["x"].tolist())


def texts(table: Table) -> Iterator[str]:
    return (repr(row) for batch, _ in table.rows(["x"]) for row in batch.to_pylist())


def typed(table: Table) -> Iterator[str]:
    return (repr(row) for batch, _ in table.rows(["x"], texts=False) for row in batch.to_pylist())


FIELD = st.sampled_from(
    ["1", "-0", "2.5", "", "NA", "a", '"3"', '"a\n"', '"a""\r\n,"', '""', '"b"c', 'd"', '"', "\udce9"]
)
LINE = st.tuples(st.sampled_from(["1", "2.5", '"3"', "NA"]), FIELD) | st.lists(FIELD, min_size=1, max_size=3)
LINES = st.lists(LINE.map(",".join))
CSV = st.text(st.sampled_from('1a," \n\r\udce9')) | LINES.map("\n".join) | LINES.map("\r\n".join) | LINES.map("\r".join)
HEADER = st.sampled_from(["x,y\n", "\ufeffx,y\r\n", '\n"x",y\r', '"x","y"\n\n', 'x,"\n y"\n', "x,y"])
VALUE = st.sampled_from(["1", "-0", "2.5", "null", '"a"', '"NaN"', "[1]", "1e999", "true", "{"])
PAIRS = st.lists(st.tuples(st.sampled_from("xyz"), VALUE), max_size=2, unique_by=lambda pair: pair[0])
OBJECT = PAIRS.map(lambda pairs: "{" + ", ".join(f'"{name}": {value}' for name, value in pairs) + "}")
FIRST = '{"x": 1, "y": 2}\n'
"""Line of NDJSON, which shows the columns."""
NDJSON = st.lists(OBJECT | st.sampled_from(["", " ", "\r", "[1]", "x"])).map(lambda lines: FIRST + "\n".join(lines))
BIG = 1 << 20


@settings(max_examples=600)
@given(
    st.tuples(HEADER, CSV).map(lambda texts: ("d.csv", "".join(texts))) | NDJSON.map(lambda text: ("d.ndjson", text)),
    st.sampled_from(["error", "skip", "nan"]),
    st.sampled_from([numbers, texts, typed]),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([20, BIG]),
)
@example(("d.csv", 'x,y\n1111,"\n"\n2'), "error", numbers, 5, 40, BIG)
@example(("d.csv", 'x,y\n1,"aaaaaaa\n2,3"\n4,55'), "error", numbers, 10, 5, BIG)
@example(("d.csv", 'x,y\n1111,"a"\n2,"b\n"\n'), "error", numbers, 8, 40, BIG)
@example(("d.csv", "x,y\n12345678901234567,1\n1.5,2\n1,a\n"), "error", typed, 6, 25, BIG)
@example(("d.ndjson", FIRST + '{"x": -0}\n{"x": true}'), "error", numbers, 10, 10, BIG)
@example(("d.ndjson", FIRST + '{"x": null}\n{"y": "a"}\n{"x": "a"}\n'), "error", typed, 14, 28, BIG)
def test_any_division_is_the_whole(
    text: tuple[str, str], nulls: str, read: Reading, stretch: int, chunk: int, longest: int
) -> None:
    name, content = text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
        # The first chunk shows the types of columns.
        undivided = outcome(path, nulls, read, BIG, BIG if read is numbers else chunk, longest)
        assert outcome(path, nulls, read, stretch, chunk, longest) == undivided
