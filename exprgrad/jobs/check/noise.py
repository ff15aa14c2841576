"""How much rounding alone can move a result: the same computation, each result nudged by an ulp.

An expression may lose digits whatever its rules (`(1 + x) - 1` at x = 1e-15). Running it a few times in an
arithmetic that rounds each result randomly up or down shows how many (Vignes' stochastic arithmetic,
CESTAC, Math. Comput. Simul. 35, 1993); what differs by more than that is not rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, nextafter
from random import Random

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.numerics.far import Far, Wide, wide
from exprgrad.functions.table import FUNCTIONS
from exprgrad.functions.wide import WIDE


class Noisy:
    """Floats whose results are nudged up or down by an ulp, at random but reproducibly; or wide numbers. Without a
    seed nothing is nudged: by chance all runs may nudge a result to the same side, and this one tells it."""

    def __init__(self, seed: int | None, *, beyond: bool = False) -> None:
        self._quiet = seed is None
        self._random = Random(seed)
        self._inner = WIDE if beyond else FLOATS

    def constant(self, value: float) -> Wide:
        return self._inner.constant(value)

    def known(self, value: Wide) -> float:
        return float(value)

    def operation(self, name: str) -> Callable[..., Wide]:
        compute, nudge = self._inner.operation(name), self._nudge
        if self._quiet or FUNCTIONS[name].exact:
            return compute
        return lambda *operands: nudge(compute(*operands))

    def _nudge(self, out: Wide) -> Wide:
        end = inf if self._random.random() < 0.5 else -inf
        if isinstance(out, Far):
            return wide(nextafter(out.fraction, end), out.exponent)
        return nextafter(out, end) if out and isfinite(out) else out
