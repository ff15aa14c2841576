"""Correlations of inputs as they are written: `L,T=0.3`, or a matrix in a file."""

from __future__ import annotations

from collections.abc import Iterable

from exprgrad.errors import UsageError
from exprgrad.jobs.uncertainty.inputs.quantities import Pair, pair


def correlations(texts: Iterable[str], option: str = "--correlate") -> dict[Pair, float]:
    """The coefficients by pairs of names. Raises UsageError for a text that says neither, DataError for a file that
    holds no matrix."""
    found: dict[Pair, float] = {}
    for text in texts:
        names, equals, number = text.rpartition("=")
        given = {_names(names, text, option): _number(number, text, option)} if equals else _in_file(text, option)
        for key, value in given.items():
            if found.setdefault(key, value) != value:
                raise UsageError(f"{option} gives {','.join(key)} twice")
    return found


def _in_file(file: str, option: str) -> dict[Pair, float]:
    from exprgrad.jobs.uncertainty.inputs.matrix import matrix_in

    return matrix_in(file, option)


def _names(text: str, whole: str, option: str) -> Pair:
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(name.isidentifier() for name in names):
        raise UsageError(f"{option} takes two names and a coefficient, not {whole!r}", hint=f"as {option} L,T=0.3")
    if names[0] == names[1]:
        raise UsageError(f"{option}: {names[0]} is correlated with itself by 1")
    return pair(*names)


def _number(text: str, whole: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{option} takes a number from -1 to 1, not {text.strip()!r} in {whole!r}") from None
