"""Readings in a file: `@readings.csv`, or one column of several, `@readings.csv:volts`."""

from __future__ import annotations

import os
from math import isnan

from exprgrad.errors import DataError, UsageError, check_installed


def load(place: str, option: str) -> list[float]:
    """The readings at FILE, or at FILE:COLUMN. Raises UsageError where it is not clear which column is meant, and
    DataError as `exprgrad.read` does; missing readings are left out."""
    check_installed(f"{option} @{place}", "data", "numpy", "pyarrow")
    from exprgrad.data.read import opened

    file, column = (place, "") if os.path.exists(place) else place.rpartition(":")[::2]
    try:
        data = opened(file or place, {})
    except DataError as error:
        raise _helped(error, file or place) from None
    names = data.columns
    if not column and len(names) > 1:
        hint = f"name one of {', '.join(names)}: {option} @{place}:{names[0]}"
        raise UsageError(f"{option}: {place} has {len(names)} columns", hint=hint)
    try:
        readings = [float(value) for value in data[column or names[0]]]
    except DataError as error:
        raise _helped(error, file or place) from None
    return [value for value in readings if not isnan(value)]


def _helped(error: DataError, file: str) -> DataError:
    """The error of a file that cannot be read without options, which are those of `map`."""
    if "--" in (error.hint or ""):
        error.hint = f"{error.hint} to exprgrad map 1 --data {file} -o plain.csv, and take the readings from plain.csv"
    return error
