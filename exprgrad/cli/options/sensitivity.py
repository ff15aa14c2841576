"""The options of `sensitivity` as data: how each is declared, and which field of the request it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exprgrad.cli.line.bindings import number
from exprgrad.cli.options.compute import COVERAGE, SECOND_ORDER, SEED, THREADS, TOLERANCE, methods
from exprgrad.cli.options.option import COMPUTE, row, take
from exprgrad.cli.options.uncertainty import CORRELATE
from exprgrad.jobs.sensitivity.request import METHODS, POINTS, Request

if TYPE_CHECKING:
    from exprgrad.cli.options.option import Row

_TOLERANCE = 1e-3


def _small(text: str | None, flag: str) -> float:
    return _TOLERANCE if text is None else number(text, flag)


_ROWS: tuple[Row, ...] = (
    methods(*METHODS),
    row(
        "--n",
        read=Request.read,
        heading=COMPUTE,
        metavar="N|auto",
        default=str(POINTS),
        help="How many points, a power of two; or as many as the intervals take to be ± --tolerance.",
    ),
    SECOND_ORDER,
    SEED,
    COVERAGE,
    TOLERANCE.otherwise("1e-3")._replace(read=_small),
    THREADS,
)
"""Fields of the request."""

sensitivity_options = take(CORRELATE, *_ROWS)
"""All of them; `request_of` takes their values, but for that of --correlate, which is of the inputs."""


def request_of(options: dict[str, Any]) -> Request:
    """What the command line asks for, taken out of a command's options."""
    return Request(**{each.field: each.take(options) for each in _ROWS})
