"""What is written is read back to the last bit, however it is divided."""

from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from exprgrad.data.output.writer import open_writer
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import open_table
from tests.data.tables import FORMATS, read, write


def batches_of(size: int) -> Any:
    """Within it texts are read in batches of so many bytes."""
    return mock.patch("exprgrad.data.text.batches.BATCH", size)


FEW = settings(max_examples=24, phases=[Phase.generate])
NUMBERS = st.floats(width=64) | st.sampled_from([-0.0, 5e-324, -2.2e-308, 1.7976931348623157e308, 1e22, 0.1])
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1, max_size=6)
CELLS = st.text(st.sampled_from('ab"\n\r,;\t \\é{}\x01'), max_size=5)


def same(left: np.ndarray, right: np.ndarray) -> bool:
    """Equal bits; nan is one value, whose payload a text does not tell."""
    return bool(((left.view(np.int64) == right.view(np.int64)) | (np.isnan(left) & np.isnan(right))).all())


@pytest.mark.parametrize("suffix", FORMATS)
@settings(FEW)
@given(data=st.data())
def test_floats_keep_their_bits_in_any_batches_and_files(suffix: str, data: st.DataObject) -> None:
    # A header of blanks alone is no header line, and a row of NDJSON has its keys from the first on.
    names = data.draw(st.lists(NAMES.filter(lambda name: name.strip() != ""), min_size=1, max_size=4, unique=True))
    rows = data.draw(st.integers(1, 12))
    columns = {name: np.array(data.draw(st.lists(NUMBERS, min_size=rows, max_size=rows))) for name in names}
    cuts = [0, *sorted(data.draw(st.lists(st.integers(1, rows), max_size=2))), rows]
    if "json" in suffix:
        cuts = sorted(set(cuts))
    with tempfile.TemporaryDirectory() as folder, batches_of(data.draw(st.integers(1, 99))):
        files = [
            write(
                Path(folder, f"{index}.{suffix}"),
                {name: values[low:high] for name, values in columns.items()},
                data.draw(st.integers(1, 5)),
            )
            for index, (low, high) in enumerate(pairwise(cuts))
        ]
        # Names may look like numbers or comments, and hold any delimiter.
        delimiter = {"c": ",", "t": "\t"}.get(suffix[0])
        said = ReadOptions(delimiter=delimiter, header=True, comment="") if delimiter else ReadOptions()
        table = open_table([str(file) for file in files], nulls="nan", options=said)
        assert table.header == tuple(names)
        for _ in range(2):
            back = read(table, names)
            assert all(same(back[name], columns[name]) for name in names)
        batches = list(table.rows(names))
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
    with tempfile.TemporaryDirectory() as folder, batches_of(data.draw(st.integers(1, 60))):
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
    with tempfile.TemporaryDirectory() as folder, batches_of(cut):
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


def rows_of(path: Path, used: list[str], texts: bool) -> dict[str, list[object]]:
    table: dict[str, list[object]] = pa.Table.from_batches(
        [batch for batch, _ in open_table([str(path)]).rows(used, texts=texts)]
    ).to_pydict()
    return table


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        (["1", "2"], [1, 2]),
        (["1.50", "2"], [1.5, 2.0]),
        (["9007199254740993", "-1"], [9007199254740993, -1]),
        (["02134", "1"], ["02134", "1"]),
        (["12345678901234567890", "1"], ["12345678901234567890", "1"]),
        (["a", "NA"], ["a", "NA"]),
        (["a", ""], ["a", None]),
        (["1", "NA"], [1, None]),
        (["nan", "1e5"], [pytest.approx(float("nan"), nan_ok=True), 1e5]),
        (["2020-01-01", "2020-01-02"], ["2020-01-01", "2020-01-02"]),
        (["true", "false"], ["true", "false"]),
    ],
)
def test_a_csv_gets_types_where_the_output_has_them(fields: list[str], values: list[object], tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("s,x\n" + "".join(f"{field},1\n" for field in fields))
    assert rows_of(path, ["x"], False) == {"s": values, "x": [1, 1]}
    if not isinstance(values[0], str):
        batch, columns = next(open_table([str(path)], nulls="nan").rows(["s"], texts=False))
        assert (batch.column(0).to_pylist(), batch.num_rows) == (values, len(columns["s"]))


@pytest.mark.parametrize("texts", [True, False])
@pytest.mark.parametrize(
    "values",
    [
        '["2020-01-01", "2020-01-02"]',
        "[9007199254740993, 1]",
        '[1, "a"]',
        '["a", {"b": [1, "c"]}]',
        '[["2020-01-01"], []]',
        '["NaN", 1.5]',
        '[{"a": 1.5}, null]',
    ],
)
def test_ndjson_passes_through_as_it_is(values: str, texts: bool, tmp_path: Path) -> None:
    (tmp_path / "in.ndjson").write_text("".join(f"{json.dumps({'s': v, 'x': 1})}\n" for v in json.loads(values)))
    with open_writer(str(tmp_path / "out.ndjson"), None) as writer:
        for batch, _ in open_table([str(tmp_path / "in.ndjson")]).rows(["x"], texts=writer.takes_texts):
            writer.write(batch)
    assert (tmp_path / "out.ndjson").read_text() == (tmp_path / "in.ndjson").read_text()


@pytest.mark.parametrize("suffix", ["csv", "tsv", "ndjson", "parquet", "arrow", "arrows"])
@pytest.mark.parametrize("source", ["csv", "parquet", "arrow", "arrows"])
@pytest.mark.parametrize("rows", [0, 1])
def test_no_rows_left_are_a_header(suffix: str, source: str, rows: int, tmp_path: Path) -> None:
    column = pa.array([None] * rows, pa.float64())
    path = write(tmp_path / f"in.{source}", {"x": column, "y": column})
    with open_writer(str(tmp_path / f"out.{suffix}"), None) as writer:
        ((batch, columns),) = open_table([str(path)], nulls="skip").rows(["x"], texts=writer.takes_texts)
        writer.write(batch)
    assert (batch.schema.names, len(batch), len(columns["x"])) == (["x", "y"], 0, 0)
    if suffix != "ndjson":
        assert open_table([str(tmp_path / f"out.{suffix}")]).header == ("x", "y")
