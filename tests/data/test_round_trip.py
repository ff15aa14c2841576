"""What is written is read back to the last bit, however it is cut."""

from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from exprgrad.data import chunks
from exprgrad.data.table import open_table
from exprgrad.data.writer import open_writer
from tests.data.tables import FORMATS, read, write

FEW = settings(max_examples=40, phases=[Phase.generate])
NUMBERS = st.floats(width=64) | st.sampled_from([-0.0, 5e-324, -2.2e-308, 1.7976931348623157e308, 1e22, 0.1])
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1, max_size=6)
CELLS = st.text(st.sampled_from('ab"\n\r,;\t \\é{}\x01'), max_size=5)


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """Equal bits; nan is one value, whose payload a text does not tell."""
    return bool(((left.view(np.int64) == right.view(np.int64)) | (np.isnan(left) & np.isnan(right))).all())


@pytest.mark.parametrize("suffix", FORMATS)
@settings(FEW)
@given(data=st.data())
def test_floats_keep_their_bits_in_any_batches_and_shards(suffix: str, data: st.DataObject) -> None:
    # A header of blanks alone is no header line, and a row of NDJSON has its keys from the first on.
    names = data.draw(st.lists(NAMES.filter(lambda name: name.strip() != ""), min_size=1, max_size=4, unique=True))
    rows = data.draw(st.integers(1, 12))
    columns = {name: np.array(data.draw(st.lists(NUMBERS, min_size=rows, max_size=rows))) for name in names}
    cuts = [0, *sorted(data.draw(st.lists(st.integers(1, rows), max_size=2))), rows]
    if "json" in suffix:
        cuts = sorted(set(cuts))
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(chunks, "CHUNK", data.draw(st.integers(1, 99))):
        shards = [
            write(
                Path(folder, f"{index}.{suffix}"),
                {name: values[low:high] for name, values in columns.items()},
                data.draw(st.integers(1, 5)),
            )
            for index, (low, high) in enumerate(pairwise(cuts))
        ]
        table = open_table([str(shard) for shard in shards])
        assert table.header == tuple(names)
        for _ in range(2):
            back = read(table, names)
            assert all(same(back[name], columns[name]) for name in names)
        batches = list(table.rows(names, texts=False))
        assert [name for batch, _ in batches for name in batch.schema.names] == names * len(batches)
        assert same(np.concatenate([columns[names[0]] for _, columns in batches]), columns[names[0]])


@pytest.mark.parametrize("suffix", ["csv", "tsv", "csv.gz"])
@settings(FEW)
@given(data=st.data())
def test_texts_pass_through_csv(suffix: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=9))
    columns = {
        "x": [f"{row}.50" for row in range(len(rows))],
        "a": [a for a, _ in rows],
        'b "c",': [b for _, b in rows],
    }
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(chunks, "CHUNK", data.draw(st.integers(1, 60))):
        source = str(write(Path(folder, f"in.{suffix}"), columns))
        target = str(Path(folder, f"out.{suffix}"))
        table = open_table([source])
        with open_writer(target, None) as writer:
            for batch, numbers in table.rows(["x"]):
                assert [float(text) for text in batch.column("x").to_pylist()] == numbers["x"].tolist()
                writer.write(batch)
        if not suffix.endswith("gz"):
            assert Path(target).read_bytes() == Path(source).read_bytes()
        back = pa.Table.from_batches([batch for batch, _ in open_table([target]).rows([])])
        assert back.to_pydict() == columns


@settings(FEW)
@given(rows=st.lists(st.tuples(CELLS, st.none() | st.floats()), min_size=1, max_size=9), cut=st.integers(1, 60))
def test_ndjson_is_json(rows: list[tuple[str, float | None]], cut: int) -> None:
    columns = {'a "b"\n': [text for text, _ in rows], "x": pa.array([x for _, x in rows], pa.float64())}
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(chunks, "CHUNK", cut):
        path = write(Path(folder, "t.ndjson"), columns)
        words = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
        for line, (text, x) in zip(path.read_text("utf-8").split("\n"), rows, strict=False):
            record = json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
            assert list(record) == ['a "b"\n', "x"]
            assert record['a "b"\n'] == text
            assert x is None or same(np.array([float(words.get(record["x"], record["x"]))]), np.array([x]))
        back = [
            values
            for batch, _ in open_table([str(path)], nulls="nan").rows(["x"])
            for values in batch.column(0).to_pylist()
        ]
        assert back == [text for text, _ in rows]


def test_types_pass_through(tmp_path: Path) -> None:
    columns = {"i": [1, 2], "s": ["a", None], "b": [True, False], "x": [0.5, None], "l": [[1], []]}
    first = write(tmp_path / "a.parquet", columns)
    for suffix in ("ndjson", "arrow", "parquet"):
        target = tmp_path / f"b.{suffix}"
        with open_writer(str(target), None) as writer:
            for batch, _ in open_table([str(first)]).rows(["i"]):
                writer.write(batch)
        back = pa.Table.from_batches([batch for batch, _ in open_table([str(target)]).rows(["i"])])
        assert back.to_pydict() == columns


def test_a_csv_gets_types_where_the_output_has_them(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("x,n,s,e,y\n1,7,a,,1.50\n2,8,NA,,2\n")
    batch, _ = next(open_table([str(tmp_path / "d.csv")]).rows(["x"], texts=False))
    assert batch.to_pydict() == {"x": [1.0, 2.0], "n": [7, 8], "s": ["a", "NA"], "e": ["", ""], "y": [1.5, 2.0]}
