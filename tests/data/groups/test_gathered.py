"""Rows by group: the same in memory and on disk."""

from __future__ import annotations

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
    assert labels.found == expected
    assert codes.tolist() == [0, 1, 0]


@pytest.mark.parametrize("cell", ["", "NA"])
def test_a_row_without_a_label(cell: str, tmp_path: Path) -> None:
    text = f"run,x\na,1\n{cell},2\nb,3\n"
    with pytest.raises(DataError, match="run has no value; row 2 of the data: skip such rows with --nulls skip"):
        list(Labels(source(tmp_path, text), ["run"]).read(["x"]))
    labels = Labels(source(tmp_path, text, "skip"), ["run"])
    assert [batch.columns["x"].tolist() for batch in labels.read(["x"])] == [[1, 3]]
