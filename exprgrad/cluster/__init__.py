"""Rows on other machines: a Dask cluster as a backend for columns.

The only home of distributed, which schedules, transports, retries and encrypts. `connect.connected` gives a
connection, `backend.Resident` the rows of a table on its workers, to be put into an Engine; `tree` explains how the
workers answer.
"""

from __future__ import annotations

from exprgrad.errors import MissingError

try:
    import distributed as _distributed  # noqa: F401
except ImportError as error:
    raise MissingError("--cluster", error.name or "distributed", "cluster") from None
