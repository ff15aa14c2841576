"""Where each row truly is: the least of |z|^2 + g(z)^2, by Newton's method on many rows at once.

With the slopes a = dg/dz and the bends B = d2g/dz2 half the gradient is z + g*a and half the Hessian 1 + a*a' + g*B.
Where that is not positive definite its part 1 + a*a' is taken in its place, which always is. A step that does not
lead lower is shortened. Near the end, steps that no longer get shorter are rounding. Each row ends on its own, and rows
that have ended are no longer computed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from exprgrad.jobs.fit.reduction import Flags, Floats

Evaluated = tuple[Floats, Floats, Floats]
"""g [n], a [n, m] and B [n, m, m]."""
_STEPS = 200
"""At the most."""
_NEWTON = 1e-8
"""Length of a Newton step, for that of z, after which the next one is below rounding."""
_NEAR = 1e-10
"""Of the cost: where a Newton step promises less than this, costs no longer tell steps apart."""
_FLOOR = 1e-3
"""What is added to the length of z: an error of the place by so small a fraction of a sigma changes nothing."""
_POSITIVE = 1e-3
"""Curvature, from which a step by it is trusted; that of z alone is 1."""
_ROUNDING = 1e-15
"""Length of any step, likewise, below which it changes nothing."""


def places(evaluate: Callable[[Floats, np.ndarray], Evaluated], rows: int, columns: int) -> tuple[Floats, Floats]:
    """z [n, m] of each row, and g there. `evaluate` takes places, and the numbers of their rows. Rows whose g is not a
    number at the measured place stay there."""
    found, values = np.zeros((rows, columns)), np.empty(rows)
    active = np.arange(rows)
    z = np.zeros((rows, columns))
    g, a, bend = evaluate(z, active)
    cost = g * g
    values[:] = g
    shrunk, before = np.ones(rows), np.full(rows, np.inf)
    for _ in range(_STEPS):
        step, newton, promise = _step(z, g, a, bend)
        trial = z + shrunk[:, None] * step
        there = evaluate(trial, active)
        lower = (trial**2).sum(axis=1) + there[0] ** 2
        size, length = np.abs(z).max(axis=1) + _FLOOR, shrunk * np.abs(step).max(axis=1)
        slack = 4e-16 * cost
        near = newton & (shrunk == 1) & (promise <= _NEAR * cost) & np.isfinite(lower)
        better = (lower <= cost + slack) | near
        ended = (length <= _ROUNDING * size) | (near & ((length <= _NEWTON * size) | (length > 0.5 * before)))
        ended |= ~np.isfinite(cost) | (length == 0)
        z = np.where(better[:, None], trial, z)
        g, a = np.where(better, there[0], g), np.where(better[:, None], there[1], a)
        bend = np.where(better[:, None, None], there[2], bend)
        cost = np.where(better, lower, cost)
        shrunk, before = np.where(better, 1.0, 0.25 * shrunk), length
        if ended.any():
            found[active[ended]], values[active[ended]] = z[ended], g[ended]
            keep = ~ended
            active, z, g, a, bend = active[keep], z[keep], g[keep], a[keep], bend[keep]
            cost, shrunk, before = cost[keep], shrunk[keep], before[keep]
        if not len(active):
            break
    found[active], values[active] = z, g
    return found, values


def _step(z: Floats, g: Floats, a: Floats, bend: Floats) -> tuple[Floats, Flags, Floats]:
    """Newton's step of each row [n, m], where it is one (elsewhere it is the step without bends), and how much lower
    the cost is after it."""
    pull = z + g[:, None] * a
    if z.shape[1] == 1:
        plain = 1 + a[:, 0] ** 2
        whole = plain + g * bend[:, 0, 0]
        curved: Flags = whole > _POSITIVE
        single = -pull / np.where(curved, whole, plain)[:, None]
        return single, curved, -(pull * single).sum(axis=1)
    eye = np.eye(z.shape[1])
    whole = eye + a[:, :, None] * a[:, None, :] + g[:, None, None] * bend
    finite: Flags = np.asarray(np.isfinite(whole).all(axis=(1, 2)))
    whole = np.where(finite[:, None, None], whole, eye)
    sizes, directions = np.linalg.eigh(whole)
    newton: Flags = np.logical_and(finite, sizes[:, 0] > _POSITIVE)
    step = -np.einsum("nij,nj->ni", directions, np.einsum("nji,nj->ni", directions, pull) / sizes)
    plain_step = a * ((a * pull).sum(axis=1) / (1 + (a * a).sum(axis=1)))[:, None] - pull
    found = np.where(newton[:, None], step, plain_step)
    return found, newton, -(pull * found).sum(axis=1)
