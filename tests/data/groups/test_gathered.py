"""Rows by group: the same in memory and on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from exprgrad.data.groups import gathered
from exprgrad.data.groups.gathered import Gathered
from exprgrad.data.groups.labels import Labels
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table
from exprgrad.errors import DataError


def source(folder: Path, text: str, nulls: str = "error") -> TableSource:
    (folder / "rows.csv").write_text(text)
    return TableSource(open_table([str(folder / "rows.csv")], nulls=nulls), {"x": "x"})


def test_rows_that_take_too_much_memory_are_put_in_order_on_disk(tmp_path: Path) -> None:
    run = np.random.default_rng(1).integers(0, 99, 5000)
    rows = source(tmp_path, "run,x\n" + "".join(f"{label},{k}\n" for k, label in enumerate(run)))

    def read(limit: int | None) -> dict[object, list[float]]:
        found = Gathered(Labels(rows, ["run"]), ["x"], limit)
        assert found.on_disk is (limit is not None)
        by_group = {
            found.labels[code]: part.columns["x"][first:last].tolist()
            for part in found.parts()
            for code, first, last in zip(part.groups, part.starts[:-1], part.starts[1:], strict=True)
        }
        found.close()
        return by_group

    in_memory = read(None)
    assert in_memory == read(1000)
    assert all(values == sorted(values) for values in in_memory.values())
    assert sum(map(len, in_memory.values())) == 5000
    assert gathered._FILES > 1


CELLS = {
    "numbers": ("1,2,1.0", [(1,), (2,)]),
    "texts": ("a,b, a", [("a",), ("b",)]),
    "numbers and texts": ("1,b,1", [("1",), ("b",)]),
}


@pytest.mark.parametrize("name", CELLS)
def test_labels_are_numbers_or_texts(name: str, tmp_path: Path) -> None:
    cells, expected = CELLS[name]
    rows = source(tmp_path, "run,x\n" + "".join(f"{cell},{k}\n" for k, cell in enumerate(cells.split(","))))
    labels = Labels(rows, ["run"])
    codes = np.concatenate([batch.codes for batch in labels.read(["x"])])
    assert list(labels.found) == expected
    assert codes.tolist() == [0, 1, 0]


class Batches:
    """Columns that are read in batches of so many rows."""

    def __init__(self, columns: dict[str, np.ndarray], rows: int) -> None:
        self.columns, self.batch = columns, rows
        self.rows: int = len(columns["x"])
        self.names = columns.keys()

    def read(self, names: Sequence[str]) -> Iterator[dict[str, np.ndarray]]:
        for first in range(0, self.rows, self.batch):
            yield {name: self.columns[name][first : first + self.batch] for name in names}

    def place(self, row: int) -> str:
        return f"row {row + 1}"


@pytest.mark.parametrize("batch", [1, 7, 100])
@pytest.mark.parametrize("by", [["run"], ["run", "part"]])
@pytest.mark.parametrize("in_order", [True, False])
def test_runs_are_put_together(by: list[str], in_order: bool, batch: int) -> None:
    draw = np.random.default_rng(4)
    run, part = (draw.integers(0, 5, 100).astype(float) - 0.0 for _ in range(2))
    run[run == 3] = -0.0  # the same group as 0
    if in_order:
        run, part = np.sort(run), np.zeros(100)
    columns = {"run": run, "part": part, "x": np.arange(100.0)}
    labels = Labels(Batches(columns, batch), by)
    found = Gathered(labels, ["x"], None)
    expected: dict[tuple[float, ...], list[float]] = {}
    for row in range(100):
        expected.setdefault(tuple(columns[name][row] + 0.0 for name in by), []).append(float(row))
    (rows,) = found.parts()
    assert list(found.labels) == list(expected)
    assert [
        rows.columns["x"][first:last].tolist() for first, last in zip(rows.starts[:-1], rows.starts[1:], strict=True)
    ] == [*expected.values()]
    assert rows.groups.tolist() == [*range(len(expected))]


def test_the_first_row_without_a_label_is_named() -> None:
    columns = {"run": np.array([1.0, 1, 2, np.nan, np.nan]), "x": np.zeros(5)}
    with pytest.raises(DataError, match="run has no value; row 4: skip"):
        Gathered(Labels(Batches(columns, 2), ["run"]), ["x"], None)


@pytest.mark.parametrize("cell", ["", "NA"])
def test_a_row_without_a_label(cell: str, tmp_path: Path) -> None:
    text = f"run,x\na,1\n{cell},2\nb,3\n"
    with pytest.raises(DataError, match="run has no value; row 2 of the data: skip such rows with --nulls skip"):
        list(Labels(source(tmp_path, text), ["run"]).read(["x"]))
    labels = Labels(source(tmp_path, text, "skip"), ["run"])
    assert [batch.columns["x"].tolist() for batch in labels.read(["x"])] == [[1, 3]]
