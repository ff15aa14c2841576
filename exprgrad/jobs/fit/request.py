"""What a fit can be asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from exprgrad.errors import UsageError
from exprgrad.jobs.fit.robust import LOSSES

METHODS = ("lm", "varpro")


class Request(NamedTuple):
    """What a fit is to be like."""

    fix: Collection[str] = ()
    bound: Mapping[str, tuple[float, float]] = MappingProxyType({})
    sigma: str | None = None
    weights: str | None = None
    absolute: bool = False
    robust: str | None = None
    scale: float | None = None
    method: str = "lm"
    max_iterations: int = 1000
    tolerance: float = 0.0
    confidence: float = 0.95
    by: tuple[str, ...] = ()
    """Columns that say to which group a row belongs."""
    share: tuple[str, ...] = ()
    """Parameters that all groups have in common."""
    where: tuple[str, ...] = ()
    """Constraints of the parameters, as "a + c = 1" or "a < b"."""
    tie: tuple[str, ...] = ()
    """Parameters that follow from others, as "b = 2*a"."""
    prior: tuple[str, ...] = ()
    """What is known of parameters before, as "a = 1.2±0.1"."""


def check(request: Request) -> None:
    """Raises UsageError for what makes no sense."""
    if request.method not in METHODS:
        raise UsageError(f"there is no method {request.method!r}", hint=f"choose {' or '.join(METHODS)}")
    if request.robust is not None and request.robust not in LOSSES:
        raise UsageError(f"there is no robust loss {request.robust!r}", hint=f"choose one of {', '.join(LOSSES)}")
    if request.sigma is not None and request.weights is not None:
        raise UsageError("sigmas and weights say the same in two ways", hint="a weight is 1/sigma^2: give one of them")
    if request.absolute and request.sigma is None:
        raise UsageError("there are no sigmas to be taken as absolute", hint="give --sigma COLUMN")
    if request.absolute and request.robust is not None:
        raise UsageError("a robust loss estimates the scale of the residuals: sigmas are relative with it")
    if request.scale is not None and request.robust is None:
        raise UsageError("a scale is that of a robust loss", hint="add --robust huber")
    if request.scale is not None and not 0 < request.scale < inf:
        raise UsageError(f"the scale is a number above 0, not {request.scale:g}")
    if not 0 < request.confidence < 1:
        raise UsageError(f"the confidence is between 0 and 1, not {request.confidence:g}", hint="for example 0.95")
    if not 0 <= request.tolerance < 1:
        raise UsageError(f"the tolerance is from 0 to below 1, not {request.tolerance:g}")
    if request.share and not request.by:
        raise UsageError("shared parameters are those of groups", hint="say what makes the groups: --by COLUMN")
    if request.max_iterations < 1:
        raise UsageError(f"iterations are counted from 1 on, not {request.max_iterations}")
    for name, (low, high) in request.bound.items():
        if not low <= high:
            raise UsageError(f"the interval of {name}, {low:g} to {high:g}, is empty")
