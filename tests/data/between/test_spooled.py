"""Columns that are decoded once, and read from a temporary file after."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exprgrad.data.between import spooled
from exprgrad.data.between.spooled import Spooled
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table

ROWS = [f"{k},{k * k / 7},{'' if k == 3 else -k}" for k in range(5000)]


def source(folder: Path, nulls: str = "nan") -> tuple[TableSource, list[list[str]]]:
    """A table, and what has been read of it."""
    file = folder / "rows.csv"
    file.write_text("\n".join(["x,y,z", *ROWS]) + "\n")
    found, passes = TableSource(open_table([str(file)], nulls=nulls), {"x": "x", "y": "y", "z": "z"}), []
    read = found.read

    def counted(names: Any) -> Any:
        passes.append(list(names))
        return read(names)

    found.read = counted  # type: ignore[method-assign]
    return found, passes


def together(rows: Any, names: list[str]) -> np.ndarray:
    batches = [[np.array(batch[name], np.float64) for name in names] for batch in rows.read(names)]
    return np.concatenate([np.stack(batch) for batch in batches], axis=1)


def test_each_column_is_decoded_once(tmp_path: Path) -> None:
    table, passes = source(tmp_path)
    rows = Spooled(table)
    expected = together(table, ["x", "y", "z"])
    passes.clear()
    places = [["y"], ["x", "y"], ["z", "y", "x"], ["x", "z"]]
    for names in places:
        found = together(rows, names)
        assert np.array_equal(found, expected[["xyz".index(name) for name in names]], equal_nan=True)
    assert passes == [["y"], ["x"], ["z"]]


def test_rows_that_are_skipped_are_never_mixed_up(tmp_path: Path) -> None:
    """Of z alone another row is skipped than of x alone."""
    table, _ = source(tmp_path, "skip")
    rows = Spooled(table)
    for names in (["x"], ["z"], ["x", "z"], ["x"]):
        assert np.array_equal(together(rows, names), together(table, names))


@pytest.mark.parametrize("how", ["ended early", "no room", "no folder"])
def test_what_cannot_be_written_is_decoded_again(tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table, passes = source(tmp_path)
    if how == "no room":
        monkeypatch.setattr(spooled, "half_of_memory", lambda: 1000)
    if how == "no folder":
        monkeypatch.setattr(spooled, "_folder", lambda: str(tmp_path / "missing"))
    rows = Spooled(table)
    if how == "ended early":
        next(rows.read(["x"]))
    expected = together(table, ["x", "y"])
    passes.clear()
    for _ in range(2):
        assert np.array_equal(together(rows, ["x", "y"]), expected)
    assert passes == [["x", "y"]] * (1 if how == "ended early" else 2)


def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, _ = source(tmp_path)
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr(spooled, "_folder", lambda: str(folder))
    rows = Spooled(table)
    together(rows, ["x", "y"])
    assert not os.listdir(folder)
