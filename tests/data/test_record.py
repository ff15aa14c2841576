"""Histories of training as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from exprgrad.data.record import HistoryFile
from exprgrad.data.table import open_table
from exprgrad.errors import UsageError
from exprgrad.results import Epoch


def epochs(first: int, last: int) -> list[Epoch]:
    return [Epoch(k, k / 3, {"w": k / 7, "b": -1.0}, {"w": 0.1 * k, "b": 2.0}) for k in range(first, last)]


def written(path: Path) -> list[tuple[float, ...]]:
    """The rows of a file."""
    names = ["epoch", "loss", "w", "b", "dL/dw", "dL/db"]
    found: list[tuple[float, ...]] = []
    for batch in open_table([str(path)]).columns(names):
        found += zip(*[map(float, batch[name]) for name in names], strict=True)
    return found


def rows(of: list[Epoch]) -> list[tuple[float, ...]]:
    return [(e.epoch, e.loss, *e.parameters.values(), *e.gradient.values()) for e in of]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_history_reads_back_and_goes_on(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"history.{suffix}"
    with HistoryFile(str(path)) as file:
        for epoch in epochs(0, 40_000):
            file(epoch)
    assert written(path) == rows(epochs(0, 40_000))
    with HistoryFile(str(path), resume=True) as file:
        for epoch in epochs(30_000, 30_010):
            file(epoch)
    assert written(path) == rows(epochs(0, 30_010))


def leave(path: Path, error: BaseException) -> None:
    """Tell some epochs, and leave by an error."""
    with HistoryFile(str(path)) as file:
        for epoch in epochs(0, 5):
            file(epoch)
        raise error


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("before\n")
    with pytest.raises(UsageError):
        leave(path, UsageError("no"))
    assert path.read_text() == "before\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["history.csv"]


def test_a_signal_leaves_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    with pytest.raises(KeyboardInterrupt):
        leave(path, KeyboardInterrupt())
    assert written(path) == rows(epochs(0, 5))
