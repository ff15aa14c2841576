"""Bindings and intervals: from `--a 3`, `--x 1,2,3`, `-s a=3` and `--bound w=0:1` to numbers, columns and intervals.

For `--bind` see `bindfile`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from exprgrad.columns.ranges import stepped
from exprgrad.errors import ExpressionError, UsageError
from exprgrad.graph.lower import constant
from exprgrad.syntax import parse

Binding = float | list[float]
B = TypeVar("B")


def binding(text: str, option: str) -> Binding:
    """A number; a list of numbers `1,2,3` (one alone with a comma: `1,`); or a range `first:last:step`,
    `first:last` in steps of 1, with its last number where the steps meet it."""
    try:
        return _binding(text, option)
    except (UsageError, ExpressionError) as error:
        raise _meant(text, option) or error from None


def _binding(text: str, option: str) -> Binding:
    """As `binding`; its errors say what is wrong with a part of the text."""
    items = _split(text, ",")
    if len(items) > 1:
        if not items[-1].strip():
            items.pop()
        return [_item(item, option) for item in items]
    bounds = _split(text, ":") if "?" not in text else [text]
    if len(bounds) == 1:
        return number(text, option)
    if len(bounds) > 3:
        raise UsageError(f"{option} takes a range as first:last:step, not {text!r}")
    return _range(bounds, option)


class Interval(list[float]):
    """The first and the last number of an interval. Those between are evenly spread, once it is known how many there
    are to be, unless the text gives `steps`."""

    steps: list[float] | None = None


_FARTHEST, _NARROWEST = 1e300, 1e-12
"""The largest bound of an interval, and its least length, as a fraction of its bounds."""


def interval(text: str, option: str) -> Binding:
    """As `binding`, but `first:last` and `first:last:step` are intervals. Raises UsageError for one that is
    empty, infinite, or too narrow for its numbers to be told apart."""
    bounds = _split(text, ":") if "?" not in text else [text]
    if not 2 <= len(bounds) <= 3 or not all(map(str.strip, bounds)):
        return binding(text, option)
    if text.strip()[0] in "[{" and (meant := _meant(text, option)):
        raise meant
    first, last = (number(bound, option) for bound in bounds[:2])
    size = max(abs(first), abs(last))
    if not (first < last and size <= _FARTHEST):
        hint = "write FIRST:LAST with FIRST below LAST"
        raise UsageError(f"{option}: the range {text} is empty or infinite", hint=hint)
    if last - first < max(_NARROWEST * size, 1 / _FARTHEST):
        raise UsageError(f"{option}: the range {text} is too narrow: its numbers cannot be told apart")
    found = Interval([first, last])
    if len(bounds) == 3:
        found.steps = _range(bounds, option)
        if len(found.steps) < 2:
            raise UsageError(f"{option}: the range {text} has one number alone")
    return found


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators outside parentheses."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == separator and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _item(text: str, option: str) -> float:
    """A number of a list; read fast where it is a plain literal."""
    if text.lstrip("-+ ")[:1].isdigit():
        try:
            return float(text)
        except ValueError:
            return number(text, option)
    return number(text, option)


def _range(bounds: list[str], option: str) -> list[float]:
    """The numbers of a range: first, last and maybe a step."""
    texts = (*bounds, "1")[:3]
    return stepped(option, [_item(text, option) for text in texts], texts)


def number(text: str, option: str) -> float:
    """The value of a constant expression such as 3, -2e-3 or pi/2."""
    if not text.strip():
        raise UsageError(f"{option} needs a value")
    try:
        value = constant(parse(text, option))
    except ExpressionError as error:
        if meant := _meant(text, option):
            raise meant from None
        if "," in text or ":" in text:
            raise UsageError(f"{option} takes one number, not {text!r}") from None
        raise error
    uncertain = "+-" in text.replace(" ", "")  # so far a sum: 1.000+-0.002
    if (value is None or uncertain) and (meant := _meant(text, option)):
        raise meant
    if value is None:
        raise UsageError(f"{option} takes a number such as 3, -2e-3 or pi/2, not {text!r}")
    return value


def optional_number(text: str | None, option: str) -> float | None:
    """The same of an option that may be left out."""
    return None if text is None else number(text, option)


def number_or_zero(text: str | None, option: str) -> float:
    """The same of an option that is 0 where it is left out."""
    return 0.0 if text is None else number(text, option)


def _meant(text: str, option: str) -> UsageError | None:
    """The error of a value that is written as other programs want it."""
    from exprgrad.cli.line.mistakes import value

    return value(text, option)


def assignments(settings: Iterable[str], option: str, read: Callable[[str, str], B]) -> dict[str, B]:
    """What `read` makes of the values, by name, in texts such as `a=3`."""
    bindings: dict[str, B] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            raise UsageError(f"{option} takes NAME=VALUE, not {setting!r}")
        if name in bindings:
            raise UsageError(f"{option} gives {name} twice")
        bindings[name] = read(text, f"{option} {name}")
    return bindings


def intervals(settings: Iterable[str], option: str = "--bound") -> dict[str, tuple[float, float]]:
    """The intervals by name in texts such as `w=0:1`; an end may be left out."""
    found: dict[str, tuple[float, float]] = {}
    for setting in settings:
        name, equals, interval = setting.partition("=")
        name = name.strip()
        ends = interval.split(":")
        if not equals or len(ends) != 2 or not name.isidentifier():
            raise UsageError(f"{option} takes NAME=LOW:HIGH, not {setting!r}")
        if name in found:
            raise UsageError(f"{option} gives {name} twice")
        low = number(ends[0], f"{option} {name}") if ends[0].strip() else -math.inf
        high = number(ends[1], f"{option} {name}") if ends[1].strip() else math.inf
        if not low <= high:
            raise UsageError(f"{option} {name}: the interval {interval} is empty")
        found[name] = low, high
    return found


def names_of(text: str | None, option: str) -> list[str]:
    """The names in a text such as `x,w`, each once."""
    names = [name.strip() for name in text.split(",")] if text is not None else []
    if not all(names):
        raise UsageError(f"{option} takes names separated by commas, not {text!r}")
    return list(dict.fromkeys(names))
