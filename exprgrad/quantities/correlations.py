"""Correlations of inputs as they are written: `L,T=0.3`, `V,I,phi=readings`, or a matrix in a file."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum, sqrt
from operator import mul

from exprgrad.errors import UsageError
from exprgrad.quantities.quantities import Pair, Quantities, pair

READINGS = "readings"
"""What stands in the place of a number where the readings themselves say how they are correlated."""


def correlate(quantities: Quantities, texts: Iterable[str], option: str = "--correlate") -> Quantities:
    """The inputs with the correlations in some texts. Raises UsageError for a text that says none, DataError for a file
    that holds no matrix, and as `Quantities.with_correlations` does."""
    found: dict[Pair, float] = {}
    for text in texts:
        names, equals, number = text.rpartition("=")
        if not equals:
            given = _in_file(text, option)
        elif number.strip() == READINGS:
            together = tuple(name.strip() for name in names.split(","))
            given = _of_readings(quantities, together, option)
            quantities = quantities._replace(joint=(*quantities.joint, together))
        else:
            given = {_names(names, text, option): _number(number, text, option)}
        for key, value in given.items():
            if found.setdefault(key, value) != value:
                raise UsageError(f"{option} gives {','.join(key)} twice")
    return quantities.with_correlations(found)


def _of_readings(quantities: Quantities, names: tuple[str, ...], option: str) -> dict[Pair, float]:
    """The correlations of the means of readings that were taken together (JCGM 100:2008, 5.2.3)."""
    apart: dict[str, list[float]] = {}
    for name in names:
        given = quantities.values.get(name)
        if given is None or not given.readings:
            raise UsageError(f"{option}: {name} is not given by readings", hint=f"as --{name} @FILE or readings(…)")
        apart[name] = [reading - given.value for reading in given.readings]
    counts = {len(rest) for rest in apart.values()}
    if len(counts) > 1 or len(apart) < 2:
        said = f"{option}: readings that were taken together are of two inputs at least, and as many of each"
        raise UsageError(said, hint=", ".join(f"{name} has {len(rest)}" for name, rest in apart.items()))
    sizes = {name: sqrt(fsum(x * x for x in rest)) for name, rest in apart.items()}
    return {
        pair(a, b): max(-1.0, min(1.0, fsum(map(mul, apart[a], apart[b])) / (sizes[a] * sizes[b])))
        for k, a in enumerate(names)
        for b in names[k + 1 :]
        if sizes[a] and sizes[b]
    }


def _in_file(file: str, option: str) -> dict[Pair, float]:
    from exprgrad.quantities.matrix import matrix_in

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
