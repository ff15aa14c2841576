"""The history of a training run as a file: CSV, NDJSON or Parquet, by its suffix."""

from __future__ import annotations

import os
from types import TracebackType

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.table import format_of, open_table
from exprgrad.data.writer import open_writer
from exprgrad.errors import UsageError, visible
from exprgrad.results import Epoch

_ROWS = 1 << 14
"""Epochs of a batch."""


class HistoryFile:
    """Rows are the epochs told to it; columns epoch, loss, the parameters, then their gradients.

    A context manager. The file appears when it is left: also by a signal, with what there is by then; not by
    an error. Where a run is resumed, the rows stay that the file has of epochs before. Raises UsageError for
    a suffix that is not known, OutputError where the system refuses, DataError for an older file that cannot be read.
    """

    def __init__(self, path: str, *, resume: bool = False) -> None:
        if format_of(path) is None:
            known = ".csv, .jsonl or .parquet"
            raise UsageError(f"the name {visible(path)} tells no format", hint=f"end it in {known}")
        self._earlier = path if resume and os.path.isfile(path) else None
        self._writer = open_writer(path, None)
        self._epochs: list[Epoch] = []
        self._told = False

    def __call__(self, epoch: Epoch) -> None:
        if self._earlier is not None:
            earlier, self._earlier = self._earlier, None
            self._take_over(earlier, epoch)
        self._told = True
        self._epochs.append(epoch)
        if len(self._epochs) == _ROWS:
            self._flush()

    def __enter__(self) -> HistoryFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) or not self._told:
            self._writer.abort()
            return
        with self._writer:
            self._flush()

    def _take_over(self, path: str, first: Epoch) -> None:
        """Write the rows of the epochs before the first."""
        header = _header(first)
        for columns in open_table([path]).columns(header):
            rows = [k for k, epoch in enumerate(columns["epoch"]) if epoch < first.epoch]
            if rows:
                self._write([[float(columns[name][k]) for k in rows] for name in header], header)

    def _flush(self) -> None:
        epochs, self._epochs = self._epochs, []
        if not epochs:
            return
        numbers = [(e.epoch, e.loss, *e.parameters.values(), *e.gradient.values()) for e in epochs]
        self._write([list(column) for column in zip(*numbers, strict=True)], _header(epochs[0]))

    def _write(self, columns: list[list[float]], header: list[str]) -> None:
        epochs, *others = columns
        arrays = [pa.array(list(map(int, epochs)), pa.int64()), *(pa.array(other, pa.float64()) for other in others)]
        self._writer.write(pa.RecordBatch.from_arrays(arrays, names=header))


def _header(epoch: Epoch) -> list[str]:
    return ["epoch", "loss", *epoch.parameters, *(f"dL/d{name}" for name in epoch.parameters)]
