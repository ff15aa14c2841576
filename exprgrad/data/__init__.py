"""Tables of numbers in files and pipes: read as columns in batches, and written.

The only home of pyarrow. `table.open_table` reads, `writer.open_writer` writes; CSV, NDJSON, Parquet
and Arrow IPC, the first two also compressed.
"""

from __future__ import annotations

from exprgrad.errors import MissingError

try:
    import pyarrow as _pyarrow  # type: ignore[import-untyped]  # noqa: F401
except ImportError:
    raise MissingError("reading data", "pyarrow", "data") from None
