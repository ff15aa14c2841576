"""Values and derivatives row by row, for data that stream through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import TypeVar

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import with_room
from exprgrad.backends.passes import Backend, Batch, Execution
from exprgrad.backends.prepared import Engine, Source, choose
from exprgrad.columns.plan import Plan, plan
from exprgrad.columns.values import Column
from exprgrad.graph.lower import Model

R = TypeVar("R", bound=Sized)
Rows = Callable[[Sequence[str]], Iterable[tuple[R, Batch]]]
"""Gives the named columns batch by batch, and beside them the whole rows."""


class RowMap:
    """New columns of a table: nodes of a program, and each one's derivatives with respect to some variables."""

    def __init__(
        self, model: Model, nodes: Mapping[str, int], wrt: Mapping[str, str], source: Source, engine: Engine
    ) -> None:
        """`nodes` gives the columns by name, `wrt` for each variable the form of the names of derivatives by
        it, such as "d_x" or "d{}_dx". Raises UsageError where a row depends on other rows of such a variable."""
        graph, inputs = with_room(model.graph), model.graph.inputs()
        wanted = dict(nodes)
        for name, node in nodes.items():
            slopes = column_derivatives(graph, node, [inputs[variable] for variable in wrt], source.names)
            wanted |= {form.format(name): slope for form, slope in zip(wrt.values(), slopes, strict=True)}
        self.names = tuple(wanted)
        self._source = source
        self.plan = plan(graph, list(wanted.values()), source.names)
        self.backend = choose(self.plan, engine, source.rows)

    @property
    def passes(self) -> int:
        """How often the rows are read."""
        return len(self.plan.passes) or 1

    def fold(self, bindings: Mapping[str, float]) -> dict[int, float]:
        """The numbers by node. What is folded takes passes of its own, by `source.read`."""
        execution = Execution(self.plan, self.backend, bindings)
        execution.fold(self._source.read)
        return execution.values

    def stream(self, bindings: Mapping[str, float], rows: Rows[R]) -> Iterator[tuple[R, list[Column]]]:
        """Each batch of rows with its new columns, in the order of `names`."""
        yield from given(self.plan, self.backend, self.fold(bindings), rows)


def given(
    plan: Plan, backend: Backend, numbers: Mapping[int, float], rows: Rows[R]
) -> Iterator[tuple[R, list[Column]]]:
    """Each batch of rows with the columns that are wanted of it, once all numbers are known."""
    run = backend.start(plan.passes[-1], numbers) if plan.columns else None
    for whole, batch in rows(plan.inputs):
        found = dict(zip(plan.columns, run.feed(batch) if run else (), strict=True))
        wanted = [found[k] if k in found else backend.join([[numbers[k]] * len(whole)]) for k in plan.wanted]
        yield whole, wanted
