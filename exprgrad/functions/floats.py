"""The arithmetic of Python floats: the living definition of what every function computes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from exprgrad.functions.rules import Rule, bind
from exprgrad.functions.table import FUNCTIONS


class Floats:
    """IEEE binary64 numbers; nothing raises."""

    def __init__(self) -> None:
        self._operations: dict[str, Callable[..., float]] = {}

    def constant(self, value: float) -> float:
        return value

    def operation(self, name: str) -> Callable[..., float]:
        if name not in self._operations:
            self._operations[name] = self._build(name)
        return self._operations[name]

    def known(self, value: float) -> float:
        return value

    def _build(self, name: str) -> Callable[..., float]:
        function = FUNCTIONS[name]
        if function.value is not None:
            return function.value
        rule = bind(function.definition, function.operands, self)
        return lambda *operands: rule(operands)


FLOATS = Floats()


@cache
def float_rule(formula: str, names: tuple[str, ...]) -> Rule[float]:
    """A formula on floats, bound once."""
    return bind(formula, names, FLOATS)
