"""What every kind of table in memory can do, and which kind a value is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from exprgrad.errors import MissingError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa  # type: ignore[import-untyped]
    from numpy.typing import NDArray

EXTRA = "frames"
"""The extra that brings narwhals."""


class Frame(Protocol):
    """A table in memory, of one kind."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    @property
    def header(self) -> tuple[str, ...]:
        """The names of its columns, as texts."""
        ...

    @property
    def index(self) -> object:
        """The index of pandas, which says which rows belong together; None where there is none."""
        ...

    def columns(self, places: Sequence[int]) -> list[pa.Array]:
        """The columns at these places of the header, as Arrow arrays. Raises DataError for what has none."""
        ...

    def values(self, place: int) -> Iterable[object]:
        """The values of a column as objects of Python."""
        ...

    def records(self) -> pa.Schema:
        """The columns that hold records, with the types of their fields."""
        ...

    def settle(self) -> None:
        """Have all columns computed now, where they are when they are asked for: their rows stay in one order."""
        ...

    def made(self, columns: Mapping[str, NDArray[np.float64]]) -> dict[str, Any]:
        """New columns of its rows, each as this kind of table has columns: a series with the same index, an array."""
        ...

    def widened(self, columns: Mapping[str, NDArray[np.float64]], kept: NDArray[np.bool_] | None = None) -> Any:
        """A table of the same kind, with these columns after its own; only the rows `kept`, if that is said."""
        ...


def is_frame(value: object) -> bool:
    """Whether a value is a table in memory: a data frame of a library, or an array of NumPy with fields or of two
    dimensions. A dict may be one, too, but that depends on what is expected."""
    if _is_array(value):
        return True
    return _looks_like_one(value) and not isinstance(value, type)


def frame_of(value: Any) -> Frame:
    """The table that a value is: one of which `is_frame` holds, or a dict of columns. Raises UsageError for others,
    MissingError where narwhals is not installed."""
    if isinstance(value, Mapping):
        from exprgrad.data.frames.plain import Columns

        return Columns(value)
    if _is_array(value):
        from exprgrad.data.frames.plain import Fields

        return Fields(value)
    try:
        from exprgrad.data.frames.native import native
    except ImportError:
        raise MissingError("a data frame", "narwhals", EXTRA) from None
    found = native(value)
    if found is None:
        raise UsageError(
            f"a {type(value).__name__} is no table that can be read",
            hint="give a data frame of pandas, polars or Arrow, a dict of columns, or a path",
        )
    return found


def _is_array(value: Any) -> bool:
    """Whether it is an array of NumPy that is a table."""
    kind = getattr(value, "dtype", None)
    if not (type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "ndim")):
        return False
    return value.ndim == 2 or (value.ndim == 1 and getattr(kind, "names", None) is not None)


_MARKS = ("__narwhals_dataframe__", "__narwhals_lazyframe__", "__dataframe__")
"""What data frames of some libraries have, whatever else they are."""


def _looks_like_one(value: object) -> bool:
    """Whether it has the marks of a data frame: columns, and a way to choose some of them. (Its library need not be
    one that is known here.)"""
    kind = type(value)
    if kind.__module__.partition(".")[0] in ("exprgrad", "builtins"):
        return False
    if any(hasattr(kind, mark) for mark in _MARKS) or (hasattr(kind, "__arrow_c_stream__") and hasattr(kind, "schema")):
        return True
    return hasattr(kind, "columns") and any(hasattr(kind, way) for way in ("select", "__getitem__"))
