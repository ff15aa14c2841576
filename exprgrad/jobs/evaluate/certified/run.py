"""An evaluation whose numbers are proved: at a point, or row by row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from exprgrad.backends.balls.arithmetic import without_form
from exprgrad.backends.engine import Engine
from exprgrad.binding import Inputs
from exprgrad.errors import LimitError, UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.evaluate.certified.literals import declared
from exprgrad.jobs.evaluate.certified.numbers import certify
from exprgrad.jobs.evaluate.certified.proofs import with_proofs
from exprgrad.jobs.evaluate.certified.rows import over_rows
from exprgrad.jobs.evaluate.point import at_point
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation

MAX_DIGITS = 100_000
"""Significant digits that may be asked for."""


def certified(model: Model, inputs: Inputs, request: Request, engine: Engine) -> Evaluation:
    """The evaluation, with what was proved of each number. Raises UsageError for functions that have no form in balls,
    LimitError for too many digits or rows."""
    if request.precision > MAX_DIGITS:
        raise LimitError(f"{request.precision:,} digits: the limit is {MAX_DIGITS:,}")
    missing = without_form(model.graph.operations)
    if missing:
        raise UsageError(f"{', '.join(missing)} cannot be proved", hint="there is no form in balls")
    if inputs.rows is not None:
        if request.exact is not None:
            raise UsageError("columns hold floats", hint="--exact-decimals takes variables that are one number each")
        return over_rows(model, inputs.numbers, inputs.rows, request, engine)
    exact = None if request.exact is None else {**declared(model.source), **request.exact}
    found = at_point(model, inputs.numbers, request)
    rows = certify(model, inputs.numbers, found, request, exact)
    return with_proofs(found, rows, request, _rounded(model, inputs.numbers, request))


FLOAT_DIGITS = 17
"""Significant digits that tell a float from all others: what is shown to more is not what was typed."""


def _rounded(model: Model, numbers: Mapping[str, float], request: Request) -> list[str]:
    """A note where a decimal number was typed that is no float, and more digits are shown than a float has."""
    if request.precision <= FLOAT_DIGITS or request.exact is not None:
        return []
    constants = [model.graph.number(node) for node in model.graph.leaves]
    for value in [*numbers.values(), *constants]:
        if value is not None and isfinite(value) and Fraction(repr(value)) != Fraction(value):
            what = f"numbers mean their floats: {value!r} is {Decimal(value):.25g}…"
            return [f"{what}; --exact-decimals takes decimals as they are written"]
    return []
