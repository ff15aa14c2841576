"""Some rows of one file that arrive together, and their columns as float64."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray

from exprgrad.data import compute as pc
from exprgrad.data.faults import null, quoted
from exprgrad.data.read_options import TIME_UNITS
from exprgrad.data.times import is_time, since
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

Column = NDArray[np.float64]

EXACT = 2.0**53
"""Up to here float64 holds each whole number."""


class FileBatch(NamedTuple):
    """Some rows of one file: the used columns as Arrow arrays, and the whole rows if asked for."""

    used: list[pa.Array]
    whole: pa.RecordBatch | None
    rounded: tuple[tuple[str, str], ...] = ()
    """The used columns with a whole number that float64 does not hold, and the first such number as it is written."""

    @property
    def length(self) -> int:
        """The number of rows."""
        return int(self.whole.num_rows) if self.whole is not None else len(self.used[0])


class Told:
    """What the rows of a table showed that its user is to know: each thing once a column."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], str] = {}
        """The notes, by what each is about: a kind of thing, and a column."""

    @property
    def notes(self) -> list[str]:
        """The notes, in the order in which they were found."""
        return list(self.found.values())

    def add(self, found: Mapping[tuple[str, str], str]) -> None:
        """Take over what was found elsewhere, as on another machine."""
        for about, note in found.items():
            self.found.setdefault(about, note)

    def times(self, name: str, kind: pa.DataType, unit: str) -> None:
        """A column of times is read in a unit."""
        since = "" if pa.types.is_duration(kind) else " since midnight" if pa.types.is_time(kind) else _EPOCH
        self._tell("times", name, f"column {quoted(name)} holds times, read as {TIME_UNITS.get(unit, unit)}{since}")

    def rounded(self, name: str, text: str) -> None:
        """A column has a whole number that float64 does not hold."""
        self._tell(
            "rounded",
            name,
            f"column {quoted(name)} holds whole numbers beyond 2^53, which are rounded: {_rounded(text)}",
        )

    def _tell(self, kind: str, name: str, note: str) -> None:
        self.found.setdefault((kind, name), note)


_KINDS = {
    getattr(pa, name)(): np.dtype(name)
    for name in (
        *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
        *(f"float{bits}" for bits in (16, 32, 64)),
    )
}
"""How NumPy calls Arrow's kinds of numbers."""
_EPOCH = " since 1970-01-01 UTC"


def _rounded(text: str) -> str:
    return f"{text} is {int(float(text))}"


def floats(name: str, array: pa.Array, unit: str = "s") -> Column:
    """The numbers as contiguous, aligned float64, nan for null; without a copy where they are that already. Times are
    counted in a unit."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_null(kind):
        return np.full(len(array), np.nan)
    if is_time(kind):
        return since(array, unit)
    if pa.types.is_decimal(kind):
        array = array.cast(pa.string()).cast(pa.float64())  # a cast at once is not rounded correctly
    elif not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)):
        raise DataError(f"column {quoted(name)} holds {described(kind)}, not numbers")
    if not len(array):
        return np.empty(0)
    if pa.types.is_boolean(kind):
        array = array.cast(pa.uint8())
    # not `to_numpy`, which imports pandas where that is installed
    values = np.frombuffer(array.buffers()[1], _KINDS[array.type])[array.offset : array.offset + len(array)]
    values.flags.writeable = False  # the memory is that of the table
    found = np.require(values, np.float64, ["C", "A"])
    return np.where(valid(array), found, np.nan) if array.null_count else found


def valid(array: pa.Array) -> NDArray[np.bool_]:
    """Which rows hold a value."""
    if pa.types.is_null(array.type):
        return np.zeros(len(array), np.bool_)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    bits = array.buffers()[0]
    if bits is None:
        return np.ones(len(array), np.bool_)
    unpacked = np.unpackbits(np.frombuffer(bits, np.uint8), count=array.offset + len(array), bitorder="little")
    return unpacked[array.offset :].view(np.bool_)


def numbers(
    names: Sequence[str], batch: FileBatch, nulls: str, units: Mapping[str, str], told: Told
) -> tuple[pa.RecordBatch | None, dict[str, Column]]:
    """The whole rows of a batch, and its used columns as float64 [rows]; times in the `units` of their columns.

    Rows with a null, or a nan, are refused, dropped or taken as nan, as `nulls` says ("error", "skip", "nan").
    Raises MisfitError at the first of them, DataError for a column that is not of numbers.
    """
    columns: dict[str, Column] = {}
    for name, array in zip(names, batch.used, strict=True):
        unit = units.get(name, "s")
        columns[name] = floats(name, array, unit)
        if is_time(array.type):
            told.times(name, array.type, unit)
        elif (text := first_rounded(array, columns[name])) is not None:
            told.rounded(name, text)
    for name, text in batch.rounded:
        told.rounded(name, text)
    if nulls == "nan":
        return batch.whole, columns
    missing = [np.isnan(values) for values in columns.values() if len(values) and np.isnan(values.min())]
    missing += [~valid(array) for array in batch.used if array.null_count]
    if not missing:
        return batch.whole, columns
    whole = ~np.logical_or.reduce(missing)
    if nulls == "error":
        row = int(np.argmin(whole))
        name = next(name for name, values in columns.items() if np.isnan(values[row]))
        array = batch.used[names.index(name)]
        raise null(row, name, "nan" if array[row].is_valid else "null")
    kept = None if batch.whole is None else batch.whole.filter(pa.array(whole))
    return kept, {name: values[whole] for name, values in columns.items()}


def is_beyond(array: pa.Array) -> bool:
    """Whether there are numbers from 2^53 on, of which float64 does not hold each whole one."""
    if not array.null_count and len(array) and not pa.types.is_decimal(array.type):
        values = array.to_numpy(zero_copy_only=False)
        if values.max() < EXACT and values.min() > -EXACT:  # quicker by far, but lost where there is a nan
            return False
    least, most = pc.min_max(array).values()
    return bool(least.is_valid and max(most.as_py(), -least.as_py()) >= EXACT)


def first_rounded(array: pa.Array, values: Column) -> str | None:
    """The first whole number of a column that float64 does not hold."""
    kind = array.type
    if not (pa.types.is_int64(kind) or pa.types.is_uint64(kind) or (pa.types.is_decimal(kind) and kind.precision > 15)):
        return None
    if not is_beyond(array):
        return None
    for row in np.flatnonzero(np.abs(values) >= EXACT).tolist():
        exact = array[row].as_py()
        if exact == int(exact) and int(exact) != int(values[row]):
            return str(int(exact))
    return None


def described(kind: pa.DataType) -> str:
    """What a column of this type holds, in the plural."""
    tests = {
        "lists": lambda kind: pa.types.is_list(kind) or pa.types.is_large_list(kind),
        "records": pa.types.is_struct,
        "bytes": lambda kind: pa.types.is_binary(kind) or pa.types.is_large_binary(kind),
        "texts": lambda kind: "string" in str(kind),
    }
    return next((name for name, test in tests.items() if test(kind)), visible(f"values of type {kind}"))
