"""The inputs of an expression: each with its estimate and its uncertainty, and the correlations between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from exprgrad.distributions.uncertain import Uncertain
from exprgrad.errors import UsageError
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.text.numbers import format_number
from exprgrad.text.spelling import did_you_mean

Pair = tuple[str, str]
"""Two names, the one that sorts first before the other."""


def pair(first: str, second: str) -> Pair:
    return (first, second) if first < second else (second, first)


class Quantities(NamedTuple):
    """Inputs by name. Pairs without a correlation coefficient are independent."""

    values: dict[str, Uncertain]
    correlations: Mapping[Pair, float] = {}
    joint: tuple[tuple[str, ...], ...] = ()
    """Inputs that were estimated together, with the same degrees of freedom: by one fit, or from readings in pairs."""

    @property
    def uncertain(self) -> list[str]:
        """The inputs that are not exact."""
        return [name for name, value in self.values.items() if value.uncertainty > 0]

    def correlation(self, first: str, second: str) -> float:
        return 1.0 if first == second else self.correlations.get(pair(first, second), 0.0)

    def covariance(self, names: Sequence[str]) -> list[list[float]]:
        """The covariance matrix of some inputs."""
        sizes = [self.values[name].uncertainty for name in names]
        return [
            [self.correlation(a, b) * u * v for b, v in zip(names, sizes, strict=True)]
            for a, u in zip(names, sizes, strict=True)
        ]

    def over(self, other: Quantities) -> Quantities:
        """Both, where these win over the others, whose correlations with them are gone."""
        own = self.values.keys()
        kept = {names: r for names, r in other.correlations.items() if not own & set(names)}
        groups = [tuple(name for name in group if name not in own) for group in other.joint]
        joint = (*self.joint, *(group for group in groups if group))
        return Quantities({**other.values, **self.values}, {**kept, **self.correlations}, joint)

    def with_correlations(self, given: Mapping[Pair, float]) -> Quantities:
        """The same with more correlations, which win over those there are. Raises UsageError for one of a name that is
        no uncertain input, for one beyond 1, and where they contradict one another."""
        for names, coefficient in given.items():
            for name in names:
                check_name(name, self)
            if not -1 <= coefficient <= 1:
                said = f"the correlation of {' and '.join(names)} is {format_number(coefficient)}, which is beyond ±1"
                raise UsageError(said, hint="correlation coefficients lie between -1 and 1")
        found = self._replace(correlations={**self.correlations, **{pair(*names): r for names, r in given.items()}})
        found.check()
        return found

    def check(self) -> None:
        """Raises UsageError where no quantities can be correlated like this."""
        involved = sorted({name for names, r in self.correlations.items() if r for name in names})
        matrix = [[self.correlation(a, b) for b in involved] for a in involved]
        if (place := first_indefinite(matrix)) is not None:
            names = ", ".join(involved[: place + 1])
            what = "the matrix is not positive definite"
            raise UsageError(f"no quantities have the correlations given for {names}: {what}")


def check_name(name: str, quantities: Quantities) -> None:
    """Raises UsageError for a name that is no uncertain input."""
    if name in quantities.values and not quantities.values[name].is_exact:
        return
    if name in quantities.values:
        raise UsageError(f"{name} is exact, so nothing is correlated with it", hint=f"as --{name} 1.00±0.05")
    known = quantities.uncertain
    raise UsageError(
        f"there is no uncertain input {name}", hint=did_you_mean(name, known, f"uncertain inputs: {', '.join(known)}")
    )


_ROUNDING = 1e-12
"""What rounding may leave of a pivot that is 0."""


def first_indefinite(matrix: Sequence[Sequence[float]]) -> int | None:
    """The first row at which a symmetric matrix with ones on its diagonal turns out not to be positive semidefinite,
    by Cholesky's factors; None if it is."""
    size = len(matrix)
    factor = [[0.0] * size for _ in range(size)]
    for row in range(size):
        for column in range(row + 1):
            rest = matrix[row][column] - plain_sum(factor[row][k] * factor[column][k] for k in range(column))
            if row == column:
                if rest < -_ROUNDING * size:
                    return row
                factor[row][row] = sqrt(rest) if rest > _ROUNDING * size else 0.0
            elif factor[column][column]:
                factor[row][column] = rest / factor[column][column]
            elif abs(rest) > sqrt(_ROUNDING) * size:
                return row
    return None


def correlations_of(covariance: Mapping[str, Mapping[str, float]], names: Iterable[str]) -> dict[Pair, float]:
    """The correlations in a covariance matrix, of these names."""
    kept, found = list(names), {}
    for k, a in enumerate(kept):
        for b in kept[k + 1 :]:
            scale = sqrt(covariance[a][a] * covariance[b][b])
            if scale and covariance[a][b]:
                found[pair(a, b)] = max(-1.0, min(1.0, covariance[a][b] / scale))
    return found
