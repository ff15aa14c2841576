"""Readings in a file: `@readings.csv`, or one column of several, `@readings.csv:volts`."""

from __future__ import annotations

import os
from math import isnan

from exprgrad.errors import UsageError


def load(place: str, option: str) -> list[float]:
    """The readings at FILE, or at FILE:COLUMN. Raises UsageError where it is not clear which column is meant, and
    DataError as `exprgrad.read` does; missing readings are left out."""
    from exprgrad.data.read import opened

    file, column = (place, "") if os.path.exists(place) else place.rpartition(":")[::2]
    data = opened(file or place, {})
    names = data.columns
    if not column and len(names) > 1:
        hint = f"name one of {', '.join(names)}: {option} @{place}:{names[0]}"
        raise UsageError(f"{option}: {place} has {len(names)} columns", hint=hint)
    readings = map(float, data[column or names[0]])
    return [value for value in readings if not isnan(value)]
