"""The indices of Sobol': the shares of inputs in the variance of the result, alone, in pairs, and in all.

The design is that of Saltelli (2002, Comput. Phys. Commun. 145, 280): points A and B, and for each input i those of A
with the column i of B. First order by the estimator of Janon et al. (2014, ESAIM: Prob. Stat. 18, 342), total by that
of Jansen (1999, Comput. Phys. Commun. 117, 35). For pairs also the points of B with the column i of A are computed, and
then these estimators take both.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from exprgrad.jobs.sensitivity.sampling.method import PILOT, Measures, batch_rows
from exprgrad.jobs.sensitivity.sampling.space import Problem, Space
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.sobol.points import Points


class Sobol:
    """The method; its terms are those of `_Terms`, in this order: of A and of B the mean and the mean square, then for
    each input four, then the products of pairs."""

    settled: tuple[str, ...] = ("total", "first")

    def __init__(self, problem: Problem, seed: int, n: int, *, pairs: bool) -> None:
        self.names = list(problem.inputs)
        self._pairs = list(combinations(range(len(self.names)), 2)) if pairs else []
        self._both = pairs
        self.cost = 2 + len(self.names) * (2 if pairs else 1)
        self.rows = batch_rows(self.cost)
        self.space = Space(problem, n * self.cost)
        self._points = Points(2 * len(self.names), seed)
        self.space.fit(self._columns(0, PILOT, 0))
        if pairs:
            self.settled = ("total", "first", "second")

    def _columns(self, start: int, count: int, side: int) -> dict[str, Floats]:
        """The columns of A (side 0) or of B (side 1). Both of an input are coordinates that follow one another: such a
        pair is more even together than one far apart, and errors are a third."""
        return {
            name: self.space.shapes.column(name, self._points.column(2 * k + side, start, count))
            for k, name in enumerate(self.names)
        }

    def terms(self, start: int, count: int) -> Iterator[Floats]:
        a, b = self._columns(start, count, 0), self._columns(start, count, 1)
        of_a, of_b = self.space(a), self.space(b)
        yield from (of_a, of_a * of_a, of_b, of_b * of_b)
        mixed: list[tuple[Floats, Floats]] = []
        for name in self.names:
            one = self.space({**a, name: b[name]})
            if not self._both:
                yield from (one, one * one, of_b * one, (of_a - one) ** 2 / 2)
                continue
            other = self.space({**b, name: a[name]})
            mixed.append((one, other))
            yield (one + other) / 2
            yield (one * one + other * other) / 2
            yield (of_b * one + of_a * other) / 2
            yield ((of_a - one) ** 2 + (of_b - other) ** 2) / 4
        for i, j in self._pairs:
            yield (mixed[i][1] * mixed[j][0] + mixed[j][1] * mixed[i][0]) / 2

    def moments(self, means: Floats) -> tuple[float, float]:
        return self.space.moments(float(means[0] + means[2]) / 2, float(means[1] + means[3]) / 2)

    def measures(self, means: Floats) -> Measures:
        size = len(self.names)
        mean, square = (means[0] + means[2]) / 2, (means[1] + means[3]) / 2
        variance = square - mean * mean
        beside = (mean, square) if self._both else (means[2], means[3])
        each = means[4 : 4 + 4 * size].reshape(size, 4, *means.shape[1:])
        first, total = {}, {}
        for name, (own, own_square, product, difference) in zip(self.names, each, strict=True):
            first[name] = _janon(product, (beside[0] + own) / 2, (beside[1] + own_square) / 2)
            total[name] = difference / variance
        found: Measures = {"total": total, "first": first}
        if not self._both:
            return found
        second = {}
        for (i, j), product in zip(self._pairs, means[4 + 4 * size :], strict=True):
            closed = _janon(product, (each[i][0] + each[j][0]) / 2, (each[i][1] + each[j][1]) / 2)
            a, b = self.names[i], self.names[j]
            second[f"{a},{b}"] = closed - first[a] - first[b]
        return found | {"second": second}


def _janon(product: Floats, mean: Floats, square: Floats) -> Floats:
    """The correlation of two results with the same distribution: of the means of their products, of both and of the
    squares of both."""
    return (product - mean * mean) / (square - mean * mean)
