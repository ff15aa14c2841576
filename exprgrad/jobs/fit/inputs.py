"""The inputs of a fit: its rows may have columns of sigmas or weights beside those that the formula names."""

from __future__ import annotations

from collections.abc import Mapping

from exprgrad.arguments import Binding, separate
from exprgrad.binding import Lowered, bind
from exprgrad.columns.memory import Columns
from exprgrad.columns.rows import RowSource
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.fit.request import Request


def posed(
    lowered: Lowered, bindings: Mapping[str, Binding], request: Request, data: RowSource | None
) -> tuple[Model, dict[str, float], RowSource]:
    """The model, its numbers and its rows. Raises UsageError as `binding.bind` does, and for columns of sigmas or
    weights that are not there."""
    beside = [name for name in (request.sigma, request.weights) if name is not None]
    known = {*separate(bindings)[1], *(data.names if data is not None else ())}
    if missing := [name for name in beside if name not in known]:
        raise UsageError(f"there is no column {missing[0]}", hint="sigmas and weights are columns")
    model, (numbers, rows) = bind(lowered, bindings, data, beside=beside)
    return model, numbers, Columns({}) if rows is None else rows
