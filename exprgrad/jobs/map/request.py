"""Which new columns are asked for, and what they are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from exprgrad.backends.engine import Engine
from exprgrad.binding import Lowered
from exprgrad.columns.rows import RowSource
from exprgrad.errors import UsageError
from exprgrad.graph.lower import Model
from exprgrad.jobs.map.rows import RowMap
from exprgrad.jobs.map.spread import Spread
from exprgrad.text.spelling import did_you_mean


class Request(NamedTuple):
    """The new columns that are asked for."""

    wrt: Sequence[str] = ()
    """The variables of the derivatives."""
    order: int | None = None
    """Of the derivatives; 1 if not said."""
    name: str | None = None
    """What the result is called."""
    add: Sequence[str] | None = None
    """The named values of the program to have instead of the result."""
    spread: Mapping[str, Spread] = MappingProxyType({})
    """The uncertainties of variables, from which follow those of the new columns."""

    def columns(self, lowered: Lowered, model: Model) -> tuple[dict[str, int], dict[str, str]]:
        """The nodes of the values by name, and the names of the derivatives: see `slopes`. Raises UsageError for what
        the expression does not have."""
        lowered.check_variables(model, self.spread)
        wanted = nodes(model, self.name, self.add)
        return wanted, slopes(lowered, model, self.wrt, self.order, self.add)


def row_map(
    lowered: Lowered, model: Model, request: Request, source: RowSource, header: Collection[str], engine: Engine
) -> RowMap:
    """What computes the new columns beside those of a table with this header. Raises UsageError for what is asked for
    and cannot be, and for a new column that is called as one of the header is."""
    wanted, derivatives = request.columns(lowered, model)
    rows = RowMap(model, wanted, derivatives, source, engine, request.order or 1, request.spread)
    check_new(rows.names, header, wanted, named=request.add is not None)
    return rows


def nodes(model: Model, name: str | None, named: Sequence[str] | None) -> dict[str, int]:
    """The columns to make, by name: the result, or the named values asked for."""
    if name is not None and (named is not None or not name):
        raise UsageError("--name is what the result is called: it does not go with --add, and is not empty")
    if name is not None and not name.isprintable():
        raise UsageError(f"--name is a name in plain characters, not {name!r}")
    if named is None:
        return {name or "value": model.output}
    known = {**model.intermediates, **({model.name: model.output} if model.name else {})}
    for wanted in named:
        if wanted not in known:
            hint = did_you_mean(wanted, list(known), f"it names {', '.join(known) or 'none'}")
            raise UsageError(f"the program computes nothing called {wanted}", hint=hint)
    return {wanted: known[wanted] for wanted in named}


def slopes(
    lowered: Lowered, model: Model, wrt: Sequence[str], order: int | None, named: Sequence[str] | None
) -> dict[str, str]:
    """For each variable the pattern of the names of derivatives with respect to it: `d_x`, `d2_x`; of named values
    `dp_dx`, `d2p_dx2`. Raises UsageError for what is no variable, and for an order without variables."""
    if order is not None and not wrt:
        raise UsageError("--order is that of derivatives: there are none", hint="say with respect to what: --wrt NAMES")
    lowered.check_variables(model, wrt)
    power = str(order) if order is not None and order > 1 else ""
    if named is not None:
        return {variable: f"d{power}{{}}_d{variable}{power}" for variable in wrt}
    return {variable: f"d{power}_{variable}" for variable in wrt}


def check_new(names: Sequence[str], header: Collection[str], wanted: Mapping[str, int], *, named: bool) -> None:
    """Raises UsageError for a new column that is called as one of the data is."""
    for new in names:
        if new in header:
            hint = "call the new one --name NAME" if new in wanted and not named else "rename one of them"
            raise UsageError(f"the data have a column {new} already", hint=hint)
