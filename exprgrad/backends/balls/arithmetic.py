"""The arithmetic of balls for the table's formulas: their literals are decimal numbers, and pi is the real number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import e, isfinite, pi, tau
from time import perf_counter, process_time

from exprgrad.backends.balls.meanings import MEANINGS
from exprgrad.backends.balls.numbers import UNKNOWN, Ball, arb, exact_float, truth
from exprgrad.errors import UsageError
from exprgrad.functions.entry import Function
from exprgrad.functions.rules import bind, with_inner
from exprgrad.functions.table import FUNCTIONS

Literals = Mapping[float, str]
"""The decimal numbers that literals mean, where they do not mean their floats."""


_PAUSE = 0.002
"""Seconds between two looks at the time of the processor."""


class ExhaustedError(Exception):
    """The time for a computation is over."""


def decimal(value: float) -> Ball:
    """The number that a text of the table means where it has this float."""
    if value in (pi, tau, e):
        return arb.const_e() if value == e else arb.pi() if value == pi else 2 * arb.pi()
    return arb(repr(value)) if isfinite(value) and not value.is_integer() else arb(value)


def formula(row: Function) -> str:
    """The formula that a function without a meaning of its own has; empty where there is none."""
    return row.formula or row.definition


def without_form(operations: Iterable[str]) -> list[str]:
    """Those of these functions, and of the functions in their formulas, that have no form in balls."""

    def inner(row: Function) -> str:
        return "" if row.name in MEANINGS else formula(row)

    return [row.name for row in with_inner(operations, inner) if row.name not in MEANINGS and not formula(row)]


class Balls:
    """Balls at the precision that is current when an operation is bound. Where an open condition chooses a branch, the
    value is both branches together; in a derivative, which need not exist there, it is `strict`: anything."""

    def __init__(self, *, strict: bool = False, end: float = float("inf")) -> None:
        self.strict = strict
        self.end = end
        """The time of the processor at which computing ends, in seconds."""
        self._asked = 0.0
        self._operations: dict[str, Callable[..., Ball]] = {}

    def constant(self, value: float) -> Ball:
        return decimal(value)

    def known(self, value: Ball) -> float | None:
        return exact_float(value)

    def operation(self, name: str) -> Callable[..., Ball]:
        if name not in self._operations:
            self._operations[name] = self._timed(self._build(name))
        return self._operations[name]

    def _build(self, name: str) -> Callable[..., Ball]:
        if name == "where" and self.strict:
            return _strict_where
        own = MEANINGS.get(name)
        if own is not None:
            return own
        row = FUNCTIONS[name]
        text = formula(row)
        if not text:
            raise UsageError(f"{name} has no form in balls")
        rule = bind(text, row.operands, self)
        return lambda *operands: rule(operands)

    def _timed(self, compute: Callable[..., Ball]) -> Callable[..., Ball]:
        def timed(*operands: Ball) -> Ball:
            self.check()
            return compute(*operands)

        return timed

    def check(self) -> None:
        """Raise ExhaustedError where the time is over. The processor's clock is slow to read: it is asked where time
        has passed."""
        now = perf_counter()
        if now > self._asked + _PAUSE:
            self._asked = now
            if process_time() > self.end:
                raise ExhaustedError


def _strict_where(condition: Ball, x: Ball, y: Ball) -> Ball:
    found = truth(condition)
    return UNKNOWN if found is None else x if found else y


class Literal:
    """The same for a user's expression, whose literals mean their floats, or the decimal numbers that they are said to
    mean."""

    def __init__(self, balls: Balls, literals: Literals | None = None) -> None:
        self.operation = balls.operation
        self.known = balls.known
        self._literals = literals

    def constant(self, value: float) -> Ball:
        if self._literals is None or not isfinite(value):
            return arb(value)
        text = self._literals.get(value)
        return decimal(value) if text is None else arb(text)
