"""Values with an uncertainty on the line: how the readings in a file are read, with the notes on that."""

from __future__ import annotations

from exprgrad.cli.output import note


def load(place: str, option: str) -> list[float]:
    """The readings in a file; how it was read when that was guessed is a note here. Raises as
    `quantities.readings.load`."""
    import warnings

    from exprgrad.quantities import readings

    with warnings.catch_warnings(record=True) as told:
        found = readings.load(place, option)
    for warning in told:
        note(str(warning.message))
    return found
