"""The history of a training run as a file: CSV, NDJSON or Parquet, by its suffix."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Sequence
from types import TracebackType

from exprgrad.data.formats.registry import format_of
from exprgrad.data.output.writer import open_writer
from exprgrad.data.rows import batch_of
from exprgrad.data.table import open_table
from exprgrad.errors import OutputError, UsageError
from exprgrad.jobs.train.result import Epoch
from exprgrad.text.escapes import visible

_ROWS = 1 << 14
"""Epochs that are written at a time."""


class HistoryFile:
    """A file whose rows are the epochs that are told to it: epoch, loss, the parameters, then their gradients.

    A context manager. The file appears when it is left, also by a signal, with the epochs told by then; but not when
    it is left by an error. A resumed run keeps the rows of the epochs before it. Raises UsageError for a suffix that
    is not known, OutputError where the file cannot be made. What the system refuses later is kept as `fault`, so
    that the result can be shown before it is raised.
    """

    def __init__(
        self, path: str, *, resume: bool = False, every: int = 1, note: Callable[[str], None] = lambda _: None
    ) -> None:
        """Every `every`-th epoch will be told; `note` is told which are missing."""
        if format_of(path) is None:
            known = ".csv, .jsonl or .parquet"
            raise UsageError(f"the name {visible(path)} tells no format", hint=f"end it in {known}")
        self.path = path
        self.fault: OutputError | None = None
        self._resume = resume
        self._earlier = path if resume and os.path.isfile(path) and os.path.getsize(path) else None
        """The file of an earlier run, until its rows are taken over."""
        self._every = every
        self._note = note
        self._writer = open_writer(path, None)
        self._epochs: list[Epoch] = []
        self._told = False

    def begin(self, names: Sequence[str], start: int) -> None:
        """Training of these parameters begins at this epoch.

        Raises UsageError where the file of the earlier run has other columns, DataError where it cannot be read.
        """
        if not start or not self._resume:
            self._earlier = None
            return
        last = -1
        if self._earlier is not None:
            table = open_table([self._earlier])
            if sorted(table.header) != sorted(_header(names)):
                theirs, ours = (visible(",".join(header)) for header in (table.header, _header(names)))
                message = f"the history {visible(self.path)} has the columns {theirs}, this run has {ours}"
                raise UsageError(message, hint="name another file, or remove it")
            for columns in table.columns(["epoch"]):
                last = max(last, *(int(epoch) for epoch in columns["epoch"] if 0 <= epoch <= start), -1)
        self._note_missing(last, start)

    def _note_missing(self, last: int, start: int) -> None:
        """Name the epochs that are in no file: those after `last`, of an earlier run, and before `start`."""
        missing = range((last // self._every + 1) * self._every, start, self._every)
        if len(missing) and last < start:
            listed = f"epoch {missing[0]}" if len(missing) == 1 else f"epochs {missing[0]} to {missing[-1]}"
            self._note(f"the history {visible(self.path)} lacks {listed}: training goes on from epoch {start}")

    def __call__(self, epoch: Epoch) -> None:
        if self.fault is not None:
            return
        self._told = True
        self._epochs.append(epoch)
        try:
            if self._earlier is not None:
                earlier, self._earlier = self._earlier, None
                self._take_over(earlier, epoch)
            if len(self._epochs) == _ROWS:
                self._flush()
        except OutputError as error:
            self.fault = error
            self._epochs.clear()
            self._writer.abort()

    def __enter__(self) -> HistoryFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.fault is not None:
            return
        if isinstance(error, Exception) or not self._told:
            self._writer.abort()
            return
        try:
            with self._writer:
                self._flush()
        except OutputError as refused:
            self.fault = refused

    def _take_over(self, path: str, first: Epoch) -> None:
        """Write the rows that an earlier file has of the epochs before the first."""
        header = _header(list(first.parameters))
        for columns in open_table([path]).columns(header):
            rows = [k for k, epoch in enumerate(columns["epoch"]) if 0 <= epoch < first.epoch]
            if rows:
                self._write([[float(columns[name][k]) for k in rows] for name in header], header)

    def _flush(self) -> None:
        """Write the epochs that wait."""
        epochs, self._epochs = self._epochs, []
        if not epochs:
            return
        numbers = [(e.epoch, e.loss, *e.parameters.values(), *e.gradient.values()) for e in epochs]
        self._write([list(column) for column in zip(*numbers, strict=True)], _header(list(epochs[0].parameters)))

    def _write(self, columns: list[list[float]], header: list[str]) -> None:
        epochs, *others = columns
        self._writer.write(batch_of(header, [array("q", map(int, epochs)), *(array("d", other) for other in others)]))


def _header(names: Sequence[str]) -> list[str]:
    return ["epoch", "loss", *names, *(f"dL/d{name}" for name in names)]
