"""The arithmetic of NumPy arrays: a formula at many points and rows at once.

It is for looking around, where the last digits do not matter: functions that NumPy has not are computed by their
formulas in the table. What a fit reports is computed by its engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS

_PLAIN: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power, "mod": np.mod,
    "neg": np.negative, "abs": np.abs, "sign": np.sign, "sqrt": np.sqrt, "cbrt": np.cbrt, "square": np.square,
    "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2, "log10": np.log10,
    "log1p": np.log1p, "hypot": np.hypot, "max": np.maximum, "min": np.minimum, "copysign": np.copysign,
    "floor": np.floor, "ceil": np.ceil, "round": np.round, "trunc": np.trunc, "fmod": np.fmod, "sin": np.sin,
    "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
    "logaddexp": np.logaddexp,
}  # fmt: skip
_TESTS: dict[str, Callable[..., Any]] = {
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
}  # fmt: skip
_FORMULAS: dict[str, Callable[..., Any]] = {
    "where": lambda condition, yes, no: np.where(np.asarray(condition) != 0, yes, no),
    "step": lambda x: np.asarray(x > 0, dtype=np.float64),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "pow_slope": lambda x, y: y * np.power(x, y - 1),
    "pow_log": lambda x, y: np.power(x, y) * np.log(x),
}
_SCIPY = {
    "erf": "erf", "erfc": "erfc", "erfcx": "erfcx", "erfinv": "erfinv", "erfcinv": "erfcinv", "normal_cdf": "ndtr",
    "log_normal_cdf": "log_ndtr", "normal_quantile": "ndtri", "gamma": "gamma", "lgamma": "gammaln", "digamma": "psi",
    "gammainc": "gammainc", "gammaincc": "gammaincc", "beta": "beta", "lbeta": "betaln", "betainc": "betainc",
    "ei": "expi", "zeta": "zeta", "besselj": "jv", "bessely": "yv", "besseli": "iv", "besselk": "kv",
}  # fmt: skip
_SEVERAL = {
    "airyai": ("airy", 0), "airyaiprime": ("airy", 1), "airybi": ("airy", 2), "airybiprime": ("airy", 3),
    "si": ("sici", 0), "ci": ("sici", 1),
}  # fmt: skip
"""Functions that SciPy computes with others, and their places among these."""


class Arrays:
    """Arrays of float64 that broadcast against one another. Nothing raises; nan and infinities stay."""

    def __init__(self) -> None:
        self._operations: dict[str, Callable[..., Any]] = {}

    def constant(self, value: float) -> Any:
        return np.float64(value)

    def known(self, value: Any) -> None:
        return None

    def operation(self, name: str) -> Callable[..., Any]:
        if name not in self._operations:
            self._operations[name] = self._build(name)
        return self._operations[name]

    def _build(self, name: str) -> Callable[..., Any]:
        if name in _PLAIN:
            return _PLAIN[name]
        if name in _TESTS:
            test = _TESTS[name]
            return lambda *operands: np.asarray(test(*operands), dtype=np.float64)
        if name in _FORMULAS:
            return _FORMULAS[name]
        if name in _SCIPY:
            from scipy import special

            found: Callable[..., Any] = getattr(special, _SCIPY[name])
            return found
        if name in _SEVERAL:
            from scipy import special

            several, place = _SEVERAL[name]
            return lambda x: getattr(special, several)(x)[place]
        row = FUNCTIONS[name]
        if formula := row.definition or row.formula:
            rule = bind(formula, row.operands, self)
            return lambda *operands: rule(operands)
        slow = np.frompyfunc(FLOATS.operation(name), len(row.operands), 1)
        return lambda *operands: np.asarray(slow(*operands), dtype=np.float64)


ARRAYS = Arrays()
