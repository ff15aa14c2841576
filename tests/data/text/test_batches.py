"""The size of batches makes no difference to the rows of a CSV, whatever its quotes."""

from __future__ import annotations

import tempfile
from contextlib import closing
from itertools import cycle
from pathlib import Path
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad.data.stores.opening import open_source
from exprgrad.data.table import open_table
from exprgrad.data.text import batches
from exprgrad.errors import DataError


def outcome(path: Path, size: int) -> list[dict[str, str]] | str:
    """All rows, or what is wrong; what to do about it depends on what else was read."""
    with mock.patch.object(batches, "BATCH", size):
        try:
            return [row for batch, _ in open_table([str(path)]).rows([]) for row in batch.to_pylist()]
        except DataError as error:
            return str(error).partition(";")[0]


ROW = st.tuples(st.text(st.sampled_from('ab" '), max_size=4), st.text(st.sampled_from('a"\n\r,'), max_size=5))
TEXT = st.lists(ROW.map(",".join) | ROW.map(lambda row: f'{row[0]},"{row[1].replace(chr(34), chr(34) * 2)}"'))


@settings(max_examples=250)
@given(lines=TEXT, end=st.sampled_from(["\n", "\r\n"]), size=st.integers(1, 30))
def test_any_size_gives_the_same_rows(lines: list[str], end: str, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "d.csv")
        path.write_bytes(end.join(["x,y", *lines]).encode())
        assert outcome(path, size) == outcome(path, 1 << 20)


@given(kept=st.lists(st.booleans(), min_size=40, max_size=40))
def test_rows_in_use_are_not_written_over(kept: list[bool]) -> None:
    """The memory of rows that nobody looks at any more is used again, that of others is not."""
    lines = [b"%d,%d\n" % (k, k * k) for k in range(400)]
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(batches, "BATCH", 64):
        path = Path(folder, "d.csv")
        path.write_bytes(b"".join(lines))
        found: list[tuple[memoryview | None, bytes]] = []
        with closing(batches.batches(open_source(str(path), again=lambda: False), 0, None, ",")) as each:
            for keep, rows in zip(cycle(kept), each, strict=False):
                found.append((rows if keep else None, bytes(rows)))
    assert b"".join(rows for _, rows in found) == b"".join(lines)
    assert all(view is None or bytes(view) == rows for view, rows in found)
