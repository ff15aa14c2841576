"""What a format of data is: a row of the registry, a reader for its files and an encoder that writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

    from exprgrad.data.batch import FileBatch
    from exprgrad.data.read_options import ReadOptions
    from exprgrad.data.stores.bytesource import Bounds, ByteSource, Origin
    from exprgrad.data.text.dialect import Layout
    from exprgrad.data.text.lines import Lines


class Reader(Protocol):
    """One file in one format."""

    @property
    def name(self) -> str:
        """What messages call the file."""
        ...

    @property
    def origin(self) -> Origin | None:
        """Where the file is; None for a pipe."""
        ...

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What was worked out about how the file is to be read, one sentence each, for the user."""
        ...

    @property
    def first(self) -> int | None:
        """Rows of the file before those that it reads; None where they are not counted."""
        ...

    def batches(self, used: Sequence[str], whole: bool, texts: bool) -> Iterator[FileBatch]:
        """The rows, anew each time: the used columns, and the whole rows beside them if they are asked for. `texts`
        keeps fields of a text as they are. Raises MisfitError, after the rows before it, for a row that does not fit.
        """
        ...


@runtime_checkable
class NestedReader(Protocol):
    """A reader of records within rows."""

    @property
    def nested(self) -> Collection[str]:
        """The names of fields of records, such as `pos.x`, which can be used as columns beside those of the header."""
        ...


@runtime_checkable
class DivisibleReader(Protocol):
    """A reader of a file whose parts can be read apart."""

    def divisions(self, size: int | None) -> list[tuple[Bounds, float]]:
        """The parts of a file of this many bytes, and about how many bytes each has; empty if it is not worth it."""
        ...


@runtime_checkable
class LaidOutReader(Protocol):
    """A reader of a text whose layout was worked out, which other readers of its parts need not do again."""

    layout: Layout


@runtime_checkable
class TextReader(Protocol):
    """A reader of a text, whose parts are bytes: where rows begin in them is found by a look (`data.text.seams`)."""

    lines: Lines

    def count(self) -> int:
        """How many rows there are, whatever they hold."""
        ...

    def types(self, used: Sequence[str], texts: bool) -> Any:
        """The types of all columns in whole rows, as the first rows of the file show them."""
        ...


class Encoder(Protocol):
    """Puts batches into a sink of bytes."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Append the rows."""
        ...

    def close(self) -> None:
        """Write what is left; the sink stays open."""
        ...


class Codec(NamedTuple):
    """The two halves of a format; the second is missing where it is only read."""

    read: Callable[[ByteSource, ReadOptions, Bounds | None, Any], Reader]
    """A reader for a file as the options say, or for a part of it whose columns are of known types (None: the first
    rows show them)."""
    write: Callable[[Any, pa.Schema, bool], Encoder] | None = None
    """An encoder of rows of a schema into a sink; True where they are streamed, as to a pipe. Raises OutputError for
    a column that the format has no way to write."""


class Format(NamedTuple):
    """A row of the registry: all that is known of a format outside of its own file."""

    name: str
    """As `--format` takes it."""
    suffixes: tuple[str, ...]
    """What the names of its files end in."""
    codec: Callable[[], Codec]
    """Gives the halves; imports the file that has them only then."""
    magic: re.Pattern[bytes] | None = None
    """How files begin that are surely of this format, whatever they are called."""
    look: re.Pattern[bytes] | None = None
    """How files begin that are likely of this format, where the name tells none."""
    written: bool = True
    """Whether it is written, too."""
    keeps_texts: bool = False
    """Whether the fields of a CSV can be written as the texts that they were."""
    compressible: bool = False
    """Whether it is written compressed where the name ends so, as in .gz. (Parquet and Arrow compress within.)"""
    streamed: tuple[str, ...] = ()
    """Suffixes of the files that are written as they would be to a pipe."""
    about: str = ""
    """What its files are, for the page on formats."""
    extra: str = "data"
    """What to install for it."""
    heeds: frozenset[str] = frozenset()
    """The fields of `ReadOptions` that say something about its files, beside the format and the units of times."""
