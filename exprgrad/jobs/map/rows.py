"""Values and derivatives of each row, for data that are read batch by batch and never held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from types import MappingProxyType
from typing import TypeVar

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import repeated, with_room
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Folded, Prepared, streamed
from exprgrad.backends.protocol import Backend
from exprgrad.columns.plan import Plan
from exprgrad.columns.rows import Batch, RowSource
from exprgrad.columns.values import Column
from exprgrad.graph.lower import Model
from exprgrad.jobs.map.spread import Spread, uncertainties

R = TypeVar("R", bound=Sized)
Rows = Callable[[Sequence[str]], Iterable[tuple[R, Batch]]]
"""Gives the named columns batch by batch, each with the whole rows before it."""


class RowMap:
    """New columns of a table: some nodes of a program, and the derivatives of each with respect to some variables."""

    def __init__(
        self,
        model: Model,
        nodes: Mapping[str, int],
        wrt: Mapping[str, str],
        source: RowSource,
        engine: Engine,
        order: int = 1,
        spread: Mapping[str, Spread] = MappingProxyType({}),
    ) -> None:
        """`nodes` gives the columns by name. `wrt` gives for each variable the pattern of the names of derivatives with
        respect to it, such as "d_x" or "d{}_dx", which are of this `order`; `spread` the
        uncertainties of variables, from which follow those of the columns. Raises UsageError where a value depends on
        other rows of such a variable, LimitError for an order beyond MAX_ORDER."""
        graph, inputs = with_room(model.graph), model.graph.inputs()
        wanted = dict(nodes)
        for name, node in nodes.items():
            if order == 1:
                slopes = column_derivatives(graph, node, [inputs[variable] for variable in wrt], source.names)
            else:
                slopes = [repeated(graph, node, inputs[variable], order, source.names)[-1] for variable in wrt]
            wanted |= {pattern.format(name): slope for pattern, slope in zip(wrt.values(), slopes, strict=True)}
        if spread:
            wanted |= uncertainties(graph, nodes, spread, source.names)
        self.names = tuple(wanted)
        self._source = source
        self._prepared = Prepared(graph, list(wanted.values()), source, engine)
        self.plan, self.backend = self._prepared.plan, self._prepared.backend

    @property
    def passes(self) -> int:
        """How often the rows are read."""
        return len(self.plan.stages) or 1

    def fold(self, bindings: Mapping[str, float]) -> Folded:
        """The numbers. To fold reductions, the rows of the source are read as often as that takes."""
        return self._prepared.fold(self._source, bindings)

    def stream(self, bindings: Mapping[str, float], rows: Rows[R]) -> Iterator[tuple[R, list[Column]]]:
        """Each batch of rows with its new columns, in the order of `names`."""
        yield from given(self.plan, self.backend, self.fold(bindings), rows)


def given(plan: Plan, backend: Backend, folded: Folded, rows: Rows[R]) -> Iterator[tuple[R, list[Column]]]:
    """Each batch of rows with the wanted columns of its rows."""
    feed, numbers = streamed(plan, backend, folded), folded.numbers
    for whole, batch in rows(plan.inputs):
        found = feed(batch)
        wanted = [found[k] if k in found else backend.join([[numbers[k]] * len(whole)]) for k in plan.wanted]
        yield whole, wanted
