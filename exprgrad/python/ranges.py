"""The ranges that a plot is drawn over: a pair of numbers, a text such as "0:20", or points."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from exprgrad.arguments import is_record, number
from exprgrad.columns.ranges import stepped
from exprgrad.columns.values import Column
from exprgrad.errors import UsageError
from exprgrad.graph.lower import constant
from exprgrad.jobs.plot.spans import Span
from exprgrad.syntax import parse

_FARTHEST, _NARROWEST = 1e300, 1e-12
"""The largest end of a range, and its least length, as a fraction of its ends."""
_MOST = 1_000_000
"""Steps of a range."""


def through(name: str, column: Column) -> Span:
    """The range of some points, which are drawn through in their order."""
    numbers = [number(f"a point of {name}", value) for value in column]
    if len(numbers) < 2 or not all(map(isfinite, numbers)):
        raise UsageError(f"{name} has no two finite points to draw along", hint=f"give a range: {name}=(-5, 5)")
    return Span(numbers[0], numbers[-1], numbers)


def ranges_in(bindings: Mapping[str, Any]) -> tuple[dict[str, Span], dict[str, Any]]:
    """The ranges among bindings, and the others. Raises UsageError for one that is empty or infinite."""
    ranges: dict[str, Span] = {}
    others: dict[str, Any] = {}
    for name, value in bindings.items():
        if isinstance(value, str):
            ranges[name] = _from_text(name, value)
        elif isinstance(value, tuple) and len(value) == 2 and not is_record(value):
            ranges[name] = _checked(name, *(number(f"an end of {name}", end) for end in value))
        else:
            others[name] = value
    return ranges, others


def _from_text(name: str, text: str) -> Span:
    """`first:last`, or `first:last:step`."""
    numbers = [constant(parse(part, name)) for part in text.split(":")] if "?" not in text and text.strip() else []
    if not 2 <= len(numbers) <= 3 or None in numbers:
        raise UsageError(f"{name} takes a range such as (0, 20) or '0:20', not {text!r}")
    first, last, *step = (value for value in numbers if value is not None)
    found = _checked(name, first, last)
    if not step:
        return found
    steps = stepped(name, (first, last, step[0]), text.split(":"), _MOST)
    if len(steps) < 2:
        raise UsageError(f"{name}: the range {text} has one number alone")
    return found._replace(steps=steps)


def _checked(name: str, first: float, last: float) -> Span:
    size = max(abs(first), abs(last))
    if not (first < last and size <= _FARTHEST):
        raise UsageError(
            f"{name}: the range from {first:g} to {last:g} is empty or infinite", hint="the least end first"
        )
    if last - first < max(_NARROWEST * size, 1 / _FARTHEST):
        raise UsageError(f"{name}: the range is too narrow: its numbers cannot be told apart")
    return Span(first, last)
