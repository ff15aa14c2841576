"""Where a derivative does not exist, or where balls leave that open: kinks, jumps, and the ends of domains."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from exprgrad.backends.balls.arithmetic import Balls
from exprgrad.backends.balls.numbers import Ball, truth
from exprgrad.functions.entry import Function
from exprgrad.functions.rules import Rule, bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph


class Kinks:
    """The conditions of the function table, asked of balls."""

    def __init__(self, balls: Balls) -> None:
        self.balls = balls
        self._bound: dict[tuple[str, str], Rule[Ball]] = {}
        self.least: tuple[int, str, bool] | None = None
        """Of what series were watched at: the lowest level at which there is a kink, or may be one, the function, and
        whether it is certain."""

    def at(self, name: str, operands: Sequence[Ball], out: Ball) -> bool | None:
        """Whether a function is at a kink or at an end of its domain; None where that is open."""
        row = FUNCTIONS[name]
        found = self._holds(row, row.kink, operands, out) if row.kink and not row.fold else False
        for index, operand in enumerate(operands) if row.domain and not found else ():
            for end in filter(isfinite, row.interval(index)):
                if not (operand < end or operand > end):
                    found = True if operand == end or found else None
        return found

    def watch(self, level: int, name: str, operands: Sequence[Ball], out: Ball) -> None:
        """Keep in mind what a series meets in the partials: a function with a kink."""
        if level and (self.least is None or level < self.least[0]):
            found = self.at(name, operands, out)
            if found is not False:
                self.least = level, name, found is True

    def below(self, order: int) -> tuple[bool, str] | None:
        """Why a derivative of this order is none, of a series that was watched, and whether that is certain; None where
        nothing was met that it depends on."""
        if self.least is None or self.least[0] >= order:
            return None
        _, name, certain = self.least
        return certain, f"a kink: {name} in a derivative"

    def nodes(self, graph: Graph, output: int, values: Sequence[Ball]) -> dict[int, bool]:
        """The nodes that the output depends on and that are at a kink, or may be: whether it is certain."""
        live = bytearray(output + 1)
        live[output] = 1
        found: dict[int, bool] = {}
        for node in range(output, -1, -1):
            operands = graph.operands[node]
            if not live[node] or not operands:
                continue
            row = FUNCTIONS[graph.operations[node]]
            own = [values[operand] for operand in operands]
            if row.kink or row.domain:
                kink = self.at(row.name, own, values[node])
                if kink is not False:
                    found[node] = kink is True
            found |= dict.fromkeys(orders(row, operands), True)
            gates = row.gates or ("",) * len(operands)
            for operand, gate in zip(operands, gates, strict=True):
                if not gate or self._holds(row, gate, own, values[node]) is not False:
                    live[operand] = 1
        return found

    def _holds(self, row: Function, condition: str, operands: Sequence[Ball], out: Ball) -> bool | None:
        rule = self._bound.get((row.name, condition))
        if rule is None:
            rule = self._bound[row.name, condition] = bind(condition, (*row.operands, "out"), self.balls)
        return truth(rule((*operands, out)))


def orders(row: Function, operands: Sequence[int]) -> list[int]:
    """The operands that a function knows at whole numbers alone, as the order of a polygamma function: it has no
    derivative with respect to them."""
    if row.flat or row.kink or row.reduces:
        return []
    return [operand for operand, partial in zip(operands, row.partials, strict=True) if partial == "0"]
