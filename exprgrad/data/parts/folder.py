"""A table as a folder of files, one for each part, written by several processes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]

from exprgrad.data.formats.registry import FORMATS, format_named, format_of, to_write
from exprgrad.data.output.whole import Claim, hidden
from exprgrad.data.table import Table
from exprgrad.errors import DataError, OutputError, UsageError
from exprgrad.text.escapes import visible

DONE = "_SUCCESS"
"""The file that says that all others are there, as Hadoop and Spark call it."""

_PART = re.compile(r"\.?part-(\d{5,})[-.].*")


class Folder(NamedTuple):
    """Where the files go, and what format they have."""

    path: str
    """From the root."""
    kind: str
    """The name of the format."""
    suffix: str

    def file(self, index: int) -> str:
        """The file of a part."""
        return os.path.join(self.path, f"part-{index:05}{self.suffix}")

    @property
    def takes_texts(self) -> bool:
        """Whether the fields of a CSV can be written as the texts that they were."""
        return FORMATS[self.kind].keeps_texts

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Within it no other run writes the folder. Raises OutputError where one does."""
        claim: Claim | None = None
        try:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            claim = Claim(self.path)
        except BlockingIOError:
            what = f"cannot write {visible(self.path)}: another run writes it"
            raise OutputError(what, hint="wait for its end, or give another folder") from None
        except OSError:  # nothing can be written beside the folder, perhaps in it
            pass
        try:
            yield
        finally:
            if claim is not None:
                claim.release()

    def create(self) -> bool:
        """Make it, if it is not there. Raises OutputError where it cannot be made, or holds files already."""
        made = not os.path.isdir(self.path)
        try:
            os.makedirs(self.path, exist_ok=True)
            names = os.listdir(self.path)
        except OSError as error:
            raise self._refusal(error) from None
        if names and all(map(_PART.fullmatch, names)):
            what = f"{visible(self.path)} holds parts of a map that did not end, or has not yet"
            raise OutputError(what, hint="remove it, or give another folder")
        if names:
            raise OutputError(f"{visible(self.path)} holds files already", hint="give another folder, or empty it")
        return made

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

    def discard(self, made: bool) -> None:
        """Leave no file behind, nor a folder that was made for them; also where a worker still writes: it finds the
        folder no more."""
        away = self._replace(path=hidden(self.path))
        with suppress(OSError):
            try:
                os.rename(self.path, away.path)
            except OSError:  # it can not be moved
                self._clear(())
                return
            try:
                away._clear(())
                if made:
                    os.rmdir(away.path)
            except OSError:  # somebody put files there
                made = False
            if not made:
                os.rename(away.path, self.path)

    def _clear(self, keep: Iterable[str]) -> None:
        """Take away what a process left that was killed, and all parts but these."""
        kept = set(keep)
        for name in os.listdir(self.path):
            if _PART.fullmatch(name) and name not in kept:
                os.unlink(os.path.join(self.path, name))

    def _refusal(self, error: OSError) -> OutputError:
        return OutputError(f"cannot write {visible(self.path)}: {error.strerror}")


def files_at(path: str) -> list[str]:
    """The file of this name, or the parts of the folder, in order. Raises DataError for another folder, and for one of
    which parts may be missing."""
    if not os.path.isdir(path):
        return [path]
    try:
        names = os.listdir(path)
    except OSError as error:
        raise DataError(f"cannot read the folder {visible(path)}: {error.strerror}") from None
    parts = sorted((int(found[1]), name) for name in names if name[0] != "." and (found := _PART.fullmatch(name)))
    shown = visible(path)
    if not parts:
        raise DataError(f"{shown} is a folder, and not one of parts", hint=f"name its files, as in '{shown}/*.csv'")
    if DONE not in names:
        what = f"{shown} lacks {DONE}, by which a map says that all parts are there"
        raise DataError(what, hint=f"remove it and run it again, or name the files, as in '{shown}/part-*'")
    return [os.path.join(path, name) for _, name in parts]


def folder_of(path: str, kind: str | None) -> Folder:
    """The folder of that name, with files of such a format, or of that which its own suffix tells.

    Raises UsageError if none does, and for standard output."""
    if path == "-":
        raise UsageError("a cluster writes a folder with a file for each part", hint="give -o FOLDER")
    name = os.path.basename(path.rstrip("/"))
    found = format_named(kind) if kind else format_of(name)
    if found is None:
        raise UsageError(f"the name {visible(path)} tells no format", hint="give --format, or end it in .parquet")
    found = to_write(found)
    own = next((s for s in _suffixes(name) if format_of(f"part{s}") == found), f".{found.name}")
    return Folder(os.path.abspath(path), found.name, own)


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
