"""A table written as a folder of files, one for each part, by several processes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.table import FORMATS, Table, format_of
from exprgrad.errors import DataError, OutputError, UsageError, visible

DONE = "_SUCCESS"
"""The file that says that all others are there, as Hadoop and Spark call it."""

_KINDS = frozenset(FORMATS.values())
_PART = re.compile(r"\.?part-\d{5,}\..*")


class Folder(NamedTuple):
    """Where the files go, and of what format they are."""

    path: str
    """From the root."""
    kind: str
    suffix: str

    def file(self, index: int) -> str:
        """The file of a part."""
        return os.path.join(self.path, f"part-{index:05}{self.suffix}")

    @property
    def takes_texts(self) -> bool:
        """Whether the fields of a CSV can be written as the texts that they were."""
        return self.kind in ("csv", "tsv")

    def create(self) -> None:
        """Make it. Raises OutputError where it cannot be, or holds files already."""
        try:
            os.makedirs(self.path, exist_ok=True)
            if os.listdir(self.path):
                raise OutputError(f"{visible(self.path)} holds files already", hint="give another folder, or empty it")
        except OSError as error:
            raise self._refusal(error) from None

    def finish(self, count: int) -> None:
        """Say that all files are there. Raises OutputError if they are not."""
        for index in range(count):
            if not os.path.exists(self.file(index)):
                hint = "give a folder that all machines share"
                raise OutputError(f"the workers wrote {visible(self.file(index))} where it is not seen here", hint=hint)
        try:
            self._clear(os.path.basename(self.file(index)) for index in range(count))
            with open(os.path.join(self.path, DONE), "xb"):
                pass
        except OSError as error:
            raise self._refusal(error) from None

    def discard(self) -> None:
        """Leave nothing of it behind."""
        with suppress(OSError):
            self._clear(())
            os.rmdir(self.path)

    def _clear(self, keep: Iterable[str]) -> None:
        """Take away what a process left that was killed, and all parts but these."""
        kept = set(keep)
        for name in os.listdir(self.path):
            if _PART.fullmatch(name) and name not in kept:
                os.unlink(os.path.join(self.path, name))

    def _refusal(self, error: OSError) -> OutputError:
        return OutputError(f"cannot write {visible(self.path)}: {error.strerror}")


def folder_of(path: str, kind: str | None) -> Folder:
    """The folder of that name, with files of such a format, or of that which its own suffix tells.

    Raises UsageError if none does, and for standard output."""
    if path == "-":
        raise UsageError("a cluster writes a folder with a file for each part", hint="give -o FOLDER")
    name = os.path.basename(path.rstrip("/"))
    found = kind or format_of(name)
    if found not in _KINDS:
        raise UsageError(f"the name {visible(path)} tells no format", hint="give --format, or end it in .parquet")
    own = next((s for s in _suffixes(name) if format_of(f"part{s}") == found), f".{found}")
    return Folder(os.path.abspath(path), found, own)


def _suffixes(name: str) -> Iterator[str]:
    """`.gz`, then `.csv.gz`."""
    at = len(name)
    while (at := name.rfind(".", 0, at)) >= 0:
        yield name[at:]


def schema_of(table: Table, used: Sequence[str], texts: bool) -> pa.Schema:
    """The columns of the rows, by the first of them; of which these are used."""
    first = next(iter(table.rows(used, texts=texts)), None)
    if first is None:
        raise DataError("the data have no rows")
    return first[0].schema
