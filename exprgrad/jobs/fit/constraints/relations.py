"""Constraints as users write them: "a + c = 1", "a < b", "0 <= a*b <= 2"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from exprgrad.autodiff.derivative import with_room
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import copied
from exprgrad.graph.symbols import Symbols
from exprgrad.jobs.fit.constraints.expressions import Expressions, parsed
from exprgrad.jobs.fit.problem import Parameter
from exprgrad.jobs.fit.reduction import Flags

_SIGN = re.compile(r"<=|>=|==|!=|≤|≥|=|<|>")
_PLAIN = {"==": "=", "≤": "<=", "≥": ">=", "<": "<=", ">": ">="}
"""A number is as near to a bound as it can be: < and <= are the same."""


class Relations(NamedTuple):
    """Expressions that are 0, or at most 0."""

    texts: tuple[str, ...]
    """As they were written, and for bounds of parameters as `a >= 0` [n]."""
    as_equations: tuple[str, ...]
    """Each as it reads where it holds as an equation [n]."""
    expressions: Expressions
    equal: Flags
    """Which of them are 0 [n]."""
    bounds: int
    """How many of them, the last ones, are bounds of parameters."""


def relations(texts: Sequence[str], parameters: Sequence[Parameter], fixed: Mapping[str, float]) -> Relations:
    """What the texts of --where say, and the bounds of the parameters. Raises UsageError for what says nothing."""
    names = [parameter.name for parameter in parameters]
    shown, exact, models, equal = [], [], [], []
    for text in texts:
        for left, sign, right in _parts(text):
            if not any(re.search(rf"\b{re.escape(name)}\b", left + " " + right) for name in names):
                raise UsageError(f"the constraint {text!r} has no parameter", hint=f"they are {', '.join(names)}")
            known = [*names, *fixed]
            sides = (right, left) if sign == ">=" else (left, right)
            shown.append(text)
            exact.append(f"{left} = {right}")
            models.append(_difference(parsed(sides[0], "a constraint", known), parsed(sides[1], "a constraint", known)))
            equal.append(sign == "=")
    said = len(shown)
    for parameter in parameters:
        for limit, sign in ((parameter.low, ">="), (parameter.high, "<=")):
            if abs(limit) < np.inf:
                text = f"{parameter.name} {sign} {limit!r}"
                sides = (f"{limit!r}", parameter.name) if sign == ">=" else (parameter.name, f"{limit!r}")
                shown.append(text)
                exact.append(f"{parameter.name} = {limit!r}")
                models.append(_difference(*(parsed(side, "a bound", names) for side in sides)))
                equal.append(False)
    return Relations(
        tuple(shown), tuple(exact), Expressions(models, names, fixed), np.array(equal, bool), len(shown) - said
    )


def equations(texts: Sequence[str]) -> tuple[str, ...]:
    """Those of the texts of --where that are equations, with no inequality in them."""
    return tuple(text for text in texts if all(sign == "=" for _, sign, _ in _parts(text)))


def as_equations(texts: Sequence[str]) -> list[str]:
    """The equations of texts, one for each sign in them."""
    return [f"{left} = {right}" for text in texts for left, _, right in _parts(text)]


def _parts(text: str) -> list[tuple[str, str, str]]:
    """The pairs of sides of a text, with the sign between them."""
    signs = [_PLAIN.get(sign, sign) for sign in _SIGN.findall(text)]
    sides = [side.strip() for side in _SIGN.split(text)]
    if not signs or "!=" in signs or not all(sides):
        hint = 'write an equation or an inequality of parameters, as "a + c = 1" or "a < b"'
        raise UsageError(f"--where takes a constraint, not {text!r}", hint=hint)
    return [(left, sign, right) for left, sign, right in zip(sides, signs, sides[1:], strict=False)]


def _difference(left: Model, right: Model) -> Model:
    """left - right"""
    graph = with_room(left.graph)
    other = copied(right.graph, graph, [right.output])[right.output]
    return left._replace(graph=graph, output=Symbols(graph).operation("sub")(left.output, other))
