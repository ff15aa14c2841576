"""The options of `sensitivity` as data: how each is declared, and which field of the request it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exprgrad.cli.line.bindings import number
from exprgrad.cli.options.compute import COVERAGE, SECOND_ORDER, SEED, THREADS, TOLERANCE, N, methods
from exprgrad.cli.options.option import Whole, take
from exprgrad.cli.options.uncertain.uncertainty import CORRELATE
from exprgrad.jobs.sensitivity.request import METHODS, POINTS, Request

if TYPE_CHECKING:
    from exprgrad.cli.options.option import Row


class _Points(Whole):
    """A number of points, which may be written as 1e5; None for `auto`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:  # type: ignore[override]
        return value if isinstance(value, int) else Request.read(value)


def _small(text: str | None, flag: str) -> float:
    return Request().tolerance if text is None else number(text, flag)


_ROWS: tuple[Row, ...] = (
    methods(*METHODS),
    N._replace(how={**N.how, "type": _Points(1), "default": POINTS}),
    SECOND_ORDER,
    SEED,
    COVERAGE,
    TOLERANCE.otherwise("1e-4")._replace(read=_small),
    THREADS,
)
"""Fields of the request."""

sensitivity_options = take(CORRELATE, *_ROWS)
"""All of them; `request_of` takes their values, but for that of --correlate, which is of the inputs."""


def request_of(options: dict[str, Any]) -> Request:
    """What the command line asks for, taken out of a command's options."""
    return Request(**{each.field: each.take(options) for each in _ROWS})
