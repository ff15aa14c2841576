"""Tables into files: batches of rows, in any of the formats."""

from __future__ import annotations

import errno
import os
from types import TracebackType
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.formats.format import Encoder, Format
from exprgrad.data.formats.registry import format_named, format_of, known_formats, to_write
from exprgrad.data.output.target import Target, descriptor_of
from exprgrad.data.stores.compression import Compression, compression_by_name
from exprgrad.errors import OutputError, UsageError
from exprgrad.text.escapes import visible


class Writer:
    """Batches of one schema to a file, which appears under its name only when all are written.

    A context manager: left by an exception, nothing stays. Raises OutputError where the system refuses.
    """

    def __init__(self, target: Target, kind: Format, compression: Compression | None, streamed: bool):
        self._target = target
        self._kind = kind
        self._compression = compression
        self._streamed = streamed
        self._encoder: Encoder | None = None
        self._packed: Any = None
        """The sink that compresses, if there is one."""

    @property
    def takes_texts(self) -> bool:
        """Whether the fields of a CSV can be written as the texts that they were."""
        return self._kind.keeps_texts

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows; the first batch (it may have none) gives the columns."""
        if self._encoder is None:
            if self._compression is not None and self._compression.write is not None:
                self._packed = self._compression.write(self._target)
            write = self._kind.codec().write
            assert write is not None
            self._encoder = write(self._packed or self._target, batch.schema, self._streamed)
        self._encoder.write(batch)

    def close(self) -> None:
        """Finish the file and give it its name."""
        if self._encoder is not None:
            self._encoder.close()
        if self._packed is not None:
            self._packed.close()
        self._target.commit()

    def abort(self) -> None:
        """Throw away what was written."""
        self._target.discard()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.close()
        finally:
            self.abort()


def open_writer(path: str, format: str | None) -> Writer:  # noqa: A002
    """A writer to a file, or to standard output for "-" (CSV unless `format` says otherwise).

    `format` is the name of one; without it the suffix tells the format, also whether a text is compressed (.gz, .zst).
    Raises UsageError for a format that is not known, OutputError for a place that cannot be written.
    """
    standing = path == "-" or descriptor_of(path) is not None
    kind = (
        format_named(format, write=True) if format else format_of(path) or (format_named("csv") if standing else None)
    )
    if kind is None and os.path.isdir(path):
        raise OutputError(f"cannot write {visible(path)}: {os.strerror(errno.EISDIR)}")
    if kind is None:
        raise UsageError(
            f"the name {visible(path)} tells no format", hint=f"give --format: {known_formats(write=True)}"
        )
    kind = to_write(kind)
    suffix = os.path.splitext(path.lower())[1]
    compression = compression_by_name(path)
    if compression and not kind.compressible:
        raise UsageError(f"{kind.name} is not written inside {compression.name}", hint=f"leave out {suffix}")
    if compression and compression.write is None:
        raise UsageError(f"{compression.name} files are not written", hint="end the name in .gz or .zst")
    return Writer(Target(path), kind, compression, streamed=standing or suffix in kind.streamed)
