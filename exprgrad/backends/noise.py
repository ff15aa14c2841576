"""How much rounding alone can move a result: the same computation, each result nudged by an ulp, or what it may be off.

An expression may lose digits whatever its rules (`(1 + x) - 1` at x = 1e-15). Running it a few times in an
arithmetic that rounds each result randomly up or down shows how many (Vignes' stochastic arithmetic,
CESTAC, Math. Comput. Simul. 35, 1993); what differs by more than that is not rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, ulp
from random import Random

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.doubledouble import two_product, two_sum
from exprgrad.functions.numerics.far import Far, Wide, over, rounded, wide
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.functions.wide import WIDE

_LEAST = 2.0**-900
"""The remainder of a product or quotient below it may itself be lost."""


def runs(pairs: int, *, beyond: bool = False, bounds: bool = False) -> list[Noisy]:
    """Pairs of runs that nudge to opposite sides, and the one that does not nudge."""
    both = [Noisy(k, beyond=beyond, bounds=bounds, mirrored=side) for k in range(pairs) for side in (False, True)]
    return [*both, Noisy(None, beyond=beyond)]


class Noisy:
    """Floats whose results are nudged up or down by an ulp, at random but reproducibly; or wide numbers. Near a root of
    a function whose row names terms that cancel there, it is an ulp of the larger term. With `bounds`
    they are nudged by as much as the row allows, as thousands of ulp for an incomplete gamma function. What
    is computed without a rounding stays.

    Without a seed nothing is nudged. A `mirrored` run nudges each result to the other side: by chance all runs may
    nudge one to the same side.
    """

    def __init__(self, seed: int | None, *, beyond: bool = False, bounds: bool = False, mirrored: bool = False) -> None:
        self._quiet = seed is None
        self._random = Random(seed)
        self._bounds = bounds
        self._up = -1.0 if mirrored else 1.0
        self._inner = WIDE if beyond else FLOATS

    def constant(self, value: float) -> Wide:
        return self._inner.constant(value)

    def known(self, value: Wide) -> float:
        return float(value)

    def operation(self, name: str) -> Callable[..., Wide]:
        compute, row = self._inner.operation(name), FUNCTIONS[name]
        if self._quiet or row.exact:
            return compute
        bound, nudge, sign = max(1.0, row.ulp[0]) if self._bounds else 1.0, self._nudge, row.symbol
        if sign and sign in "+-*/":

            def rounded_if_it_must(x: Wide, y: Wide) -> Wide:
                out, side = compute(x, y), self._side()  # drawn in any case: the mirrored run has the same draws
                floats = isinstance(x, float) and isinstance(y, float) and isinstance(out, float)
                return nudge(out, side, 1.0) if not floats or _rounded(sign, float(x), float(y), float(out)) else out

            return rounded_if_it_must
        if row.terms and row.terms[0]:
            term = bind(row.terms[0], row.operands, WIDE)

            def near_a_root(*operands: Wide) -> Wide:
                out, size = compute(*operands), term(operands)
                larger = rounded(over(size, out)) if out else 1.0
                return nudge(out, self._side(), bound * (max(1.0, abs(larger)) if isfinite(larger) else 1.0))

            return near_a_root
        return lambda *operands: nudge(compute(*operands), self._side(), bound)

    def _side(self) -> float:
        return self._up if self._random.random() < 0.5 else -self._up

    def _nudge(self, out: Wide, side: float, by: float) -> Wide:
        if isinstance(out, Far):
            return wide(out.fraction + side * by * 2.0**-53, out.exponent)
        if not out or not isfinite(out):
            return out
        moved = out + side * by * ulp(out)
        return moved if isfinite(moved) else out


def _rounded(sign: str, x: float, y: float, out: float) -> bool:
    """Whether the result of an operator needed rounding, as 2*x and x + 0 do not."""
    if sign == "*":
        return bool(out) and not (abs(out) > _LEAST and two_product(x, y)[1] == 0.0)
    if sign == "/":
        return bool(out) and not (abs(x) > _LEAST and two_product(out, y) == (x, 0.0))
    return two_sum(x, -y if sign == "-" else y)[1] != 0.0
