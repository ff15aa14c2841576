"""Histories of training as files."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from exprgrad.data.table import open_table
from exprgrad.errors import UsageError
from exprgrad.jobs.train.result import Epoch
from exprgrad.jobs.train.saved.history import HistoryFile


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
        file.begin(["w", "b"], 30_000)
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


@pytest.mark.parametrize(
    ("earlier", "start", "every", "missing"),
    [
        (40, 40, 1, None),
        (40, 39, 1, None),
        (41, 45, 10, None),
        (40, 45, 1, "epochs 40 to 44"),
        (40, 41, 1, "epoch 40"),
        (40, 65, 10, "epochs 40 to 60"),
        (0, 3, 1, "epochs 0 to 2"),
        (40, 0, 1, None),
    ],
)
def test_epochs_that_are_missing_are_named(
    earlier: int, start: int, every: int, missing: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "history.csv"
    if earlier:
        with HistoryFile(str(path)) as file:
            for epoch in epochs(0, earlier):
                file(epoch)
    notes: list[str] = []
    with HistoryFile(str(path), resume=True, every=every, note=notes.append) as file:
        file.begin(["w", "b"], start)
        for epoch in epochs(start, start + 2):
            file(epoch)
    said = f"the history {path} lacks {missing}: training goes on from epoch {start}"
    assert notes == ([said] if missing else [])
    assert written(path) == rows([*epochs(0, min(earlier, start)), *epochs(start, start + 2)])


@pytest.mark.parametrize("told", [1, 40_000], ids=["at its end", "on the way"])
def test_a_disk_that_is_full_is_a_fault_that_can_wait(told: int, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("before\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with HistoryFile(str(path)) as file:
            for epoch in epochs(0, told):
                file(epoch)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(file.fault) == f"cannot write {path}: File too large"
    assert path.read_text() == "before\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["history.csv"]
