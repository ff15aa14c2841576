"""Small tables on disk for the tests."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from exprgrad.data.output.writer import open_writer
from exprgrad.data.table import Table

FORMATS = ["csv", "tsv", "csv.gz", "csv.zst", "csv.bz2", "tsv.xz", "ndjson", "jsonl.gz", "ndjson.zst"]
FORMATS += ["json", "json.xz", "parquet", "arrow", "arrows"]


def write(path: Path, columns: Mapping[str, Any], rows_of_batch: int = 1 << 20) -> Path:
    """A file of these columns, written in batches; its suffix tells the format."""
    batch = pa.RecordBatch.from_pydict({name: pa.array(values) for name, values in columns.items()})
    with open_writer(str(path), None) as writer:
        writer.write(batch.slice(0, 0))
        for start in range(0, batch.num_rows, rows_of_batch):
            writer.write(batch.slice(start, rows_of_batch))
    return path


def read(table: Table, names: Sequence[str]) -> dict[str, Any]:
    """All rows of the columns."""
    batches = list(table.columns(names))
    return {name: np.concatenate([np.empty(0), *[batch[name] for batch in batches]]) for name in names}


def whole(table: Table, numbers: Sequence[str]) -> dict[str, list[Any]]:
    """All rows of all columns: some of them as numbers, the others as the texts that they are."""
    found: dict[str, list[Any]] = {name: [] for name in table.header}
    for batch, columns in table.rows(numbers):
        for name in table.header:
            found[name] += columns[name].tolist() if name in columns else batch[name].to_pylist()
    return found


def pipe(monkeypatch: pytest.MonkeyPatch, raw: Any) -> None:
    """Let standard input be this stream of bytes."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=raw))
