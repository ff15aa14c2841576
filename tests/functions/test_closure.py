"""Every rule differentiates again, to order 3, also with mixed operands; at an ordinary point it is right."""

from __future__ import annotations

from itertools import product

import pytest
from mpmath import mp

from exprgrad import parse
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.check.precise import meaning

_AT = {"acosh": (1.7,), "where": (1.0, 0.3, 0.7), "clip": (0.4, 0.1, 0.9), "polygamma": (1.0, 1.7)}
_AT |= {"spherical_bessel": (2.0, 1.7), "huber": (0.4, 0.9), "mod": (1.7, 0.7), "log1mexp": (-0.6,), "asec": (1.7,)}
_AT |= {"acsc": (-1.7,), "acoth": (1.7,), "fmod": (1.7, 0.7), "remainder": (1.7, 0.7), "ierfcx": (2.0, 1.7)}
_AT |= {"polygamma_difference": (1.0, 1.7, 0.6), "expint": (2.0, 1.7), "zeta_derivative": (1.0, 1.7)}


def point(name: str) -> tuple[float, ...]:
    """A point inside the domain, away from kinks and from zeros."""
    return _AT.get(name) or tuple(0.37 + 0.28 * k for k in range(len(FUNCTIONS[name].operands)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_orders_two_and_three(name: str) -> None:
    function, at = FUNCTIONS[name], point(name)
    if "nan" in function.partials:
        return
    counted = "n" in function.operands  # the first operand is a whole number
    names = [f"x{k}" for k in range(len(at))]
    first = 1 if counted else 0
    operands = [repr(at[k]) if k < first else names[k] for k in range(len(at))]
    exact = meaning(function)
    with mp.workdps(60):
        for order in (2, 3):
            for by in product(range(first, len(at)), repeat=order):
                text = f"{name}({', '.join(operands)})" if not function.symbol or function.called else ""
                if not text:
                    text = _operator(function.symbol, operands)
                for k in by:
                    text = f"diff({text}, {names[k]})"
                expression = parse(text)
                got = expression.evaluate(**{n: v for n, v in zip(names, at, strict=True) if n in expression.variables})
                counts = tuple(by.count(k) for k in range(len(at)))
                true = mp.diff(exact, tuple(map(mp.mpf, at)), counts) if len(at) > 1 else mp.diff(exact, at[0], order)
                assert abs(got - true) <= 1e-9 * max(abs(true), 1), (text, got, mp.nstr(true, 17))


def _operator(symbol: str, operands: list[str]) -> str:
    return f"{symbol} {operands[0]}" if len(operands) == 1 else f"{operands[0]} {symbol} {operands[1]}"
