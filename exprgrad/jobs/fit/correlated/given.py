"""A covariance matrix as a user gives it: a file, or an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from exprgrad.data.opened import opened
from exprgrad.data.read_options import FROM_THE_FILE
from exprgrad.data.source import TableSource
from exprgrad.errors import LimitError, UsageError
from exprgrad.jobs.fit.correlated.errors import GIVEN, LIMIT, Errors
from exprgrad.text.escapes import visible


def of_file(path: str) -> Errors:
    """The matrix in a file of any format, which may have a header; a first column without one, as pandas writes its
    index, is left out. Raises DataError for what is no number, UsageError for what cannot be read."""
    table = opened([path], "error", FROM_THE_FILE)
    headers = table.header[1:] if table.header and not table.header[0].strip() else table.header
    _check_size(len(headers))
    source = TableSource(table, {f"{k}": header for k, header in enumerate(headers)})
    batches = source.read(list(source.names))
    blocks = [np.column_stack([np.asarray(column) for column in batch.values()]) for batch in batches]
    return Errors(visible(path), np.concatenate(blocks) if blocks else np.empty((0, len(headers))))


def of_array(value: Any) -> Errors:
    """A matrix of NumPy, a data frame, or a list of rows. Raises UsageError for what has not two dimensions."""
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.empty(0)
    if found.ndim != 2:
        what = f"covariance is a matrix [rows, rows] or a path, not {type(value).__name__}"
        raise UsageError(what, hint="for errors that do not correlate, give sigma")
    _check_size(found.shape[1])
    return Errors(GIVEN, found)


def _check_size(columns: int) -> None:
    """Raises LimitError for a matrix that is not read."""
    if columns > LIMIT:
        what = f"a covariance matrix is taken of up to {LIMIT:,} rows, and this one has {columns:,} columns"
        raise LimitError(what, hint="where errors do not correlate, give --sigma")
