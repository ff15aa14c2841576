"""Evaluations with what was proved of their numbers, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exprgrad.jobs.evaluate.certified.result import Certified
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Digits, Evaluation, Row


def with_proofs(
    found: Evaluation, rows: tuple[Certified, ...], request: Request, more: Sequence[str] = ()
) -> Evaluation:
    """The evaluation with what was proved, and with the digits that were asked for in place of its floats."""
    found = found._replace(certified=rows, certifies=request.certify, notes=(*found.notes, *more, *notes_of(rows)))
    if not request.precision:
        return found
    *others, last = found.rows
    *numbers, value = rows
    tangent = None if last.tangent is None else _digits(numbers.pop())
    of_value = {row.name: row for row in numbers if not row.wrt}
    of_slope = {row.wrt: row for row in numbers if row.wrt}
    orders = range(2, request.order + 1)
    return found._replace(
        rows=(
            *(Row(row.name, _digits(of_value[row.name]), _digits(of_slope[row.name,])) for row in others),
            Row(last.name, _digits(value), Digits("1"), tangent),
        ),
        gradient={name: _digits(of_slope[name,]) for name in found.gradient},
        higher={x: tuple(_digits(of_slope[(x,) * k]) for k in orders) for x in found.higher},
        hessian={x: {y: _digits(of_slope[x, y]) for y in row} for x, row in found.hessian.items()},
    )


def _digits(row: Certified) -> Digits:
    return Digits(row.decimal or "undecided")


def notes_of(rows: tuple[Certified, ...]) -> Iterator[str]:
    """What the user should know of numbers that are not proved, or have lost their digits."""
    for row in rows:
        where = f" in row {row.row}" if row.row else ""
        if row.verdict == "undecided":
            yield f"{row.name}{where} is undecided: {row.reason}"
        elif row.reason:
            yield f"{row.name}{where}: no digit is right, the exact number is {row.enclosure}"
