"""The result of `map`: what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Written(NamedTuple):
    """How many rows were written, and which lost their numbers."""

    rows: int
    lost: int
    """Rows with a nan or an infinity among the new numbers."""
    first: int
    """The first of these, counted from 0."""
    told: Mapping[tuple[str, str], str] = {}
    """What the rows showed that the user is to know, where they were read elsewhere: see `data.batch.Told`."""
