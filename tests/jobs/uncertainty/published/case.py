"""An example of a document with the numbers that it prints, and how each is read from a result."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

import exprgrad
from exprgrad import Uncertainty

Read = Callable[[Any], float]

ROUNDED = "computed there from rounded numbers"


class Number(NamedTuple):
    """A printed number, how to read it from a result, and why it differs, where it does."""

    what: str
    printed: str
    read: Read
    why: str = ""
    seen: str = ""
    """Where this one was seen, if not where the others of its case were."""


class Case(NamedTuple):
    """An example of a document, or several of one kind."""

    source: str
    seen: str
    """Where its numbers were seen, a key of `seen.SEEN`."""
    run: Callable[[], Any]
    numbers: tuple[Number, ...]


def case(source: str, seen: str, expression: str, numbers: tuple[Number, ...], inputs: Any = None, **more: Any) -> Case:
    def run() -> Uncertainty:
        return exprgrad.uncertainty(expression, *([inputs()] if inputs else []), **more)

    return Case(source, seen, run, numbers)


def value(name: str = "") -> Read:
    return lambda found: one(found, name).value


def u(name: str = "") -> Read:
    return lambda found: one(found, name).standard_uncertainty


def low(found: Uncertainty) -> float:
    return found.only.low


def high(found: Uncertainty) -> float:
    return found.only.high


def dof(found: Uncertainty) -> float:
    return found.only.dof


def expanded(found: Uncertainty) -> float:
    return found.only.expanded_uncertainty


def one(found: Uncertainty, name: str) -> Any:
    return found.results[name] if name else found.only


def contribution(name: str) -> Read:
    return lambda found: next(line.contribution for line in found.budget if line.input == name)


def input_u(name: str) -> Read:
    return lambda found: next(line.standard_uncertainty for line in found.budget if line.input == name)


def input_value(name: str) -> Read:
    return lambda found: next(line.value for line in found.budget if line.input == name)


def second(found: Uncertainty) -> float:
    return next(iter(found.second_order.values())).standard_uncertainty


def second_value(found: Uncertainty) -> float:
    return next(iter(found.second_order.values())).value


def correlation(a: str, b: str) -> Read:
    return lambda found: found.correlation[a][b]


def estimate(name: str, field: str) -> Read:
    return lambda found: getattr(found.parameters[name], field)


def rescaled(read: Read, factor: float) -> Read:
    return lambda found: factor * read(found)


def unit(printed: str) -> float:
    """One unit of the last digit."""
    exponent = Decimal(printed).as_tuple().exponent
    assert isinstance(exponent, int)
    return float(10.0**exponent)
