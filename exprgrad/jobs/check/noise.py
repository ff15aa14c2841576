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
from exprgrad.functions.table import FUNCTIONS


class Noisy:
    """Floats whose results are nudged up or down by an ulp, at random but reproducibly."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def constant(self, value: float) -> float:
        return value

    def known(self, value: float) -> float:
        return value

    def operation(self, name: str) -> Callable[..., float]:
        compute, random = FLOATS.operation(name), self._random.random
        if FUNCTIONS[name].exact:
            return compute

        def nudged(*operands: float) -> float:
            out = compute(*operands)
            return nextafter(out, inf if random() < 0.5 else -inf) if out and isfinite(out) else out

        return nudged
