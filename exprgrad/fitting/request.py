"""What a fit can be asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

METHODS = ("lm", "varpro")


class Request(NamedTuple):
    """What a fit is to be like."""

    fix: Collection[str] = ()
    bounds: Mapping[str, tuple[float, float]] = MappingProxyType({})
    sigma: str | None = None
    weights: str | None = None
    absolute: bool = False
    robust: str | None = None
    scale: float | None = None
    method: str = "lm"
    iterations: int = 1000
    tolerance: float = 0.0
    confidence: float = 0.95
