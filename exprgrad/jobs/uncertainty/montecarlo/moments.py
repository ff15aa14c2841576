"""Means and covariances of columns, batch by batch, merged in order (Chan, Golub and LeVeque 1983)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exprgrad.trials.quantiles import Floats


class Moments(NamedTuple):
    """Of some results, over some trials."""

    trials: int
    means: Floats
    """[results]"""
    products: Floats
    """The sums [results, results] of products of what the results are from their means."""

    @classmethod
    def of(cls, results: Floats) -> Moments:
        """Of a batch [results, trials]. Each sum adds in one order, whatever the threads."""
        means = results.mean(axis=1)
        rest = results - means[:, None]
        return cls(results.shape[1], means, np.array([[(a * b).sum() for b in rest] for a in rest]))

    def merged(self, other: Moments) -> Moments:
        """Of both."""
        count = self.trials + other.trials
        step = other.means - self.means
        means = self.means + step * (other.trials / count)
        products = self.products + other.products + np.outer(step, step) * (self.trials * other.trials / count)
        return Moments(count, means, products)

    @property
    def covariance(self) -> Floats:
        return self.products / (self.trials - 1)
