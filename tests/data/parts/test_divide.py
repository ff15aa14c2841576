"""Where a text is divided makes no difference, to its rows and to what is said of a bad one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exprgrad.data.faults import MisfitError
from exprgrad.data.formats.json import ndjson
from exprgrad.data.parts import divide
from exprgrad.data.parts.part import open_part
from exprgrad.data.table import open_table
from exprgrad.data.text import batches, lines, seams
from exprgrad.errors import DataError
from tests.data.tables import write


def divided(path: Path, nulls: str, whole: bool, texts: bool) -> Iterator[str]:
    """The rows, part by part, as a cluster has them."""
    given = divide.divide(open_table([str(path)], nulls=nulls))
    found = divide.settled(given, [divide.look(part) for part in given if part.text])
    for place, part in enumerate(found):
        try:
            types = divide.types(found[0], ["x"], texts) if whole and part.text else None
            with open_part(part, nulls, types) as table:
                if whole:
                    yield from (repr(row) for batch, _ in table.rows(["x"], texts=texts) for row in batch.to_pylist())
                else:
                    yield from (repr(value) for batch in table.columns(["x"]) for value in batch["x"].tolist())
        except MisfitError as misfit:
            raise misfit.at(part.name, sum(map(divide.count, divide.before(found, place)))) from None


def outcome(path: Path, nulls: str, whole: bool, texts: bool, part: int, batch: int, longest: int) -> list[str] | str:
    """All rows, or what is wrong, with parts, batches and rows of so many bytes at the most."""
    with (
        mock.patch.object(lines, "PART", part),
        mock.patch.object(lines, "_LOOK", batch),
        mock.patch.object(seams, "_WINDOW", 3),
        mock.patch.object(batches, "BATCH", batch),
        mock.patch.object(batches, "LONGEST", longest),
        mock.patch.object(ndjson, "_FIRST", len(FIRST)),
    ):
        try:
            return list(divided(path, nulls, whole, texts))
        except DataError as error:
            return str(error)


@pytest.mark.parametrize("name", ["d.csv", "d.tsv", "d.ndjson", "d.csv.gz", "d.arrow"])
def test_what_is_divided(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(write(tmp_path / name, {"x": [1.5] * 8, "y": [2.5] * 8}))
    assert [part.bounds for part in divide.divide(open_table([path]))] == [None]
    monkeypatch.setattr(lines, "PART", 24)
    some, same = divide.files(divide.divide(open_table([path, path])))
    assert some == same
    assert (len(some) > 1) == (name in ("d.csv", "d.tsv", "d.ndjson"))


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


@settings(max_examples=200)
@given(
    st.one_of(
        st.tuples(HEADER, CSV).map(lambda texts: ("d.csv", "".join(texts))),
        st.tuples(HEADER, CSV).map(lambda texts: ("d.tsv", "".join(texts).replace(",", "\t"))),
        NDJSON.map(lambda text: ("d.ndjson", text)),
    ),
    st.sampled_from(["error", "skip", "nan"]),
    st.booleans(),
    st.booleans(),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([20, BIG]),
)
@example(("d.csv", 'x,y\n1111,"\n"\n2'), "error", False, False, 5, 40, BIG)
@example(("d.csv", 'x,y\n1,"aaaaaaa\n2,3"\n4,55'), "error", False, False, 10, 5, BIG)
@example(("d.csv", 'x,y\n1111,"a"\n2,"b\n"\n'), "error", False, False, 8, 40, BIG)
@example(("d.csv", "x,y\n12345678901234567,1\n1.5,2\n1,a\n"), "error", True, False, 6, 25, BIG)
@example(("d.ndjson", FIRST + '{"x": -0}\n{"x": true}'), "error", False, False, 10, 10, BIG)
@example(("d.ndjson", FIRST + '{"x": null}\n{"y": "a"}\n{"x": "a"}\n'), "error", True, False, 14, 28, BIG)
def test_any_division_is_the_whole(
    text: tuple[str, str], nulls: str, whole: bool, texts: bool, part: int, batch: int, longest: int
) -> None:
    name, content = text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
        # The first batch shows the types of columns.
        undivided = outcome(path, nulls, whole, texts, BIG, batch if whole else BIG, longest)
        assert outcome(path, nulls, whole, texts, part, batch, longest) == undivided
