"""Values and derivatives row by row, for data that stream through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import TypeVar

from exprgrad.autodiff.columns import column_derivatives
from exprgrad.autodiff.derivative import derivative_limit
from exprgrad.backends.passes import Batch, Execution
from exprgrad.backends.prepared import Engine, Source, choose
from exprgrad.graph.lower import Model
from exprgrad.graph.plan import plan
from exprgrad.results import Column

R = TypeVar("R", bound=Sized)


class RowMap:
    """New columns of a table: nodes of a program, and each one's derivatives by some variables."""

    def __init__(
        self, model: Model, nodes: Mapping[str, int], wrt: Mapping[str, str], source: Source, engine: Engine
    ) -> None:
        """`nodes` gives the columns by name, `wrt` for each variable the form of the names of derivatives by
        it, such as "d_x" or "d{}_dx". Raises UsageError where a row depends on other rows of such a variable."""
        graph, inputs = model.graph.copy(), model.graph.inputs()
        graph.limit = derivative_limit(len(graph))
        wanted = dict(nodes)
        for name, node in nodes.items():
            slopes = column_derivatives(graph, node, [inputs[variable] for variable in wrt], source.names)
            wanted |= {form.format(name): slope for form, slope in zip(wrt.values(), slopes, strict=True)}
        self.names = tuple(wanted)
        self._source = source
        self._plan = plan(graph, list(wanted.values()), source.names)
        self._backend = choose(self._plan, engine, source.rows)

    @property
    def passes(self) -> int:
        """How often the rows are read."""
        return len(self._plan.passes) or 1

    def stream(
        self, bindings: Mapping[str, float], rows: Callable[[Sequence[str]], Iterable[tuple[R, Batch]]]
    ) -> Iterator[tuple[R, list[Column]]]:
        """Each batch of rows with its new columns, in the order of `names`. What is folded takes passes of its
        own before, by `source.read`; `rows` gives the named columns and beside them the whole rows."""
        plan, execution = self._plan, Execution(self._plan, self._backend, bindings)
        execution.fold(self._source.read)
        for whole, batch in rows(plan.inputs):
            found = dict(zip(plan.columns, execution.give(batch) if plan.columns else (), strict=True))
            yield (
                whole,
                [
                    found[node] if node in found else self._backend.join([[execution.values[node]] * len(whole)])
                    for node in plan.wanted
                ],
            )
