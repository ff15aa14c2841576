"""Single columns of other libraries: as numbers, and results in their kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exprgrad.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def is_series(value: object) -> bool:
    """Whether a value is a column of a data frame, of any library."""
    kind = type(value)
    return kind.__module__.partition(".")[0] not in ("builtins", "numpy", "array") and hasattr(kind, "__array__")


def check_rows(columns: Mapping[str, Any], index: Any = None) -> None:
    """Raises UsageError for series of pandas that do not have the same `index`, by default that of the first: their
    rows would be taken side by side, where pandas brings those of one label together."""
    first = "the data frame"
    for name, column in columns.items():
        own: Any = getattr(column, "index", None)
        if not (is_series(column) and hasattr(own, "equals")):
            continue
        if index is None:
            first, index = name, own
        elif len(own) == len(index) and not own.equals(index):
            what = f"{first} and {name} have different indexes, so their rows do not belong together"
            raise UsageError(what, hint=f"align them first, or give {name}.to_numpy() for rows in their order")


def like(column: Any, results: Mapping[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Results as series of the library that a column is of, with its index; as they are where it is of none."""
    try:
        import narwhals.stable.v2 as nw
    except ImportError:
        return dict(results)
    series = nw.from_native(column, allow_series=True, pass_through=True)
    if not isinstance(series, nw.Series) or any(len(result) != len(series) for result in results.values()):
        return dict(results)
    from exprgrad.data.frames.native import made

    return made(series.alias("rows").to_frame(), results)
