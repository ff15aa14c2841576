"""`exprgrad.sensitivity`: which input matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exprgrad.arguments import checked
from exprgrad.expression import Expression
from exprgrad.python.uncertain import correlated, inputs_of

if TYPE_CHECKING:
    from exprgrad.jobs.sensitivity.result import Sensitivity


@checked
def sensitivity(
    expression: str | Expression,
    inputs: Any = MappingProxyType({}),
    /,
    *,
    method: str = "sobol",
    n: int | str = 65_536,
    second_order: bool = False,
    seed: int = 0,
    coverage: float = 0.95,
    tolerance: float = 1e-4,
    correlate: Mapping[Any, float] | Iterable[str] | str = (),
    threads: int | None = None,
    **more: Any,
) -> Sensitivity:
    """The shares of the inputs in the variance of an expression: `exprgrad.sensitivity("x*y", x="uniform(0, 1)",
    y="2.0±0.1")`.

    Inputs are those of `uncertainty`: keywords that are variables, or a dict of such or a result as `inputs`. `method`
    is "sobol", "shapley" (for correlated inputs), "dgsm", "morris" or "local". `n` is the number of points, rounded up
    to a power of two, or "auto" for as many as the intervals take to be ± `tolerance`; the points are scrambled by
    `seed` and computed on `threads`. `second_order` adds the indices of pairs, and `coverage` is the probability that
    an interval holds its index with. `correlate` is as in `uncertainty`.

    The result has `measures` by name: for "sobol" `first`, `total` and `second`, for "shapley" `shapley`, `first` and
    `total`, for "dgsm" "bound" and "dgsm", for "morris" "mu_star", "mu" and "sigma", for "local" "share", "elasticity"
    and "derivative"; each with (value, low, high) by the name of the input, or of a pair as
    "x,y"; the input that matters most is the first one. Raises UsageError for inputs that make no sense, NumbersError
    where the result does not vary or is not finite at a point.
    """
    from exprgrad.jobs.sensitivity.request import Request
    from exprgrad.jobs.sensitivity.run import sensitivity as run

    parsed, every = inputs_of("sensitivity", sensitivity, expression, inputs, more)
    points = Request.read(n) if isinstance(n, str) else n
    request = Request(method, points, second_order, seed, coverage, tolerance, threads)
    return run(parsed.lowered, correlated(every, correlate), request)
