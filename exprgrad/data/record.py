"""The history of a training run as a file: CSV, NDJSON or Parquet, by its suffix."""

from __future__ import annotations

from types import TracebackType

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.writer import open_writer
from exprgrad.errors import ExprgradError
from exprgrad.results import Epoch

_ROWS = 1 << 14
"""Epochs of a batch."""


class HistoryFile:
    """Rows are the epochs told to it; columns epoch, loss, the parameters, then their gradients.

    A context manager. The file appears when it is left: also by a signal, with what there is by then; not by
    an error. Raises UsageError for a suffix that is not known, OutputError where the system refuses.
    """

    def __init__(self, path: str) -> None:
        self._writer = open_writer(path, None)
        self._epochs: list[Epoch] = []

    def __call__(self, epoch: Epoch) -> None:
        self._epochs.append(epoch)
        if len(self._epochs) == _ROWS:
            self._flush()

    def __enter__(self) -> HistoryFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, ExprgradError | OSError):
            self._writer.abort()
            return
        with self._writer:
            self._flush()

    def _flush(self) -> None:
        epochs, self._epochs = self._epochs, []
        if not epochs:
            return
        names = list(epochs[0].parameters)
        columns = {"epoch": pa.array([epoch.epoch for epoch in epochs], pa.int64())}
        columns["loss"] = pa.array([epoch.loss for epoch in epochs], pa.float64())
        columns |= {name: pa.array([epoch.parameters[name] for epoch in epochs], pa.float64()) for name in names}
        columns |= {f"dL/d{name}": pa.array([epoch.gradient[name] for epoch in epochs], pa.float64()) for name in names}
        self._writer.write(pa.RecordBatch.from_pydict(columns))
