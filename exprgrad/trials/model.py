"""An expression over columns of inputs, compiled once, which several threads may call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from exprgrad.autodiff.derivative import derivatives
from exprgrad.backends import interpreter
from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.memory import Columns
from exprgrad.errors import NumbersError
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS, MIXING
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.graph.symbols import Symbols
from exprgrad.text.numbers import rounded
from exprgrad.trials.quantiles import Floats
from exprgrad.trials.shapes import Shapes


class _EachRow(Symbols):
    """The arithmetic in which a reduction is that of one number: a row does not know of the others."""

    def _build(self, name: str) -> Callable[..., int]:
        if name not in MIXING:
            return super()._build(name)
        rule = bind(FUNCTIONS[name].formula, FUNCTIONS[name].operands, self)
        return lambda *operands: rule(operands)


class RowModel:
    """Results of an expression for rows of inputs."""

    def __init__(
        self,
        graph: Graph,
        outputs: Sequence[int],
        numbers: Mapping[str, float],
        shapes: Shapes,
        expected: int,
        *,
        gradient: bool = False,
    ) -> None:
        """`outputs` are the nodes of the results, `numbers` the inputs that are exact, and `shapes` says what the
        columns are; about `expected` rows are to come. With `gradient`, the derivatives of the first result with
        respect to each input come after the results."""
        self._graph = Graph()
        self._inputs = shapes.nodes(self._graph)
        exact = {name: self._graph.constant(value) for name, value in numbers.items() if name not in self._inputs}
        nodes = forward(graph, _EachRow(self._graph), exact | self._inputs)
        wanted = [nodes[node] for node in outputs]
        if gradient:
            wanted += derivatives(self._graph, wanted[0], [*self._inputs.values()])
        source = Columns({name: np.zeros(1) for name in shapes.inputs})
        self._prepared = Prepared(self._graph, wanted, source, Engine(threads=1), rows=expected)
        self._folded = self._prepared.fold(source, {})
        self._prepared.stream(self._folded)  # is compiled here, not in each thread

    def __call__(self, columns: Mapping[str, Floats]) -> Floats:
        """The results [results, n] for columns [n] by the names of the inputs, as `Shapes` makes them."""
        count = len(next(iter(columns.values())))
        plan = self._prepared.plan
        found = self._prepared.stream(self._folded)(columns)
        return np.array(
            [found[node] if node in found else np.full(count, self._folded.numbers[node]) for node in plan.wanted]
        )

    def check(self, results: Floats, columns: Mapping[str, Floats], what: str) -> None:
        """Raises NumbersError for results [results, n] that are not finite, of which the first is shown. `what` is the
        word for the rows."""
        lost = np.flatnonzero(~np.isfinite(results).all(axis=0))
        if not len(lost):
            return
        values = interpreter.evaluate(self._graph, {name: float(column[lost[0]]) for name, column in columns.items()})
        shown = ", ".join(f"{name} = {rounded(values[node], 6)}" for name, node in self._inputs.items())
        raise NumbersError(
            f"{len(lost):,} of {results.shape[1]:,} {what} have no finite result, as that with {shown}",
            hint="say what an input cannot be, as truncated(normal(1, 0.5), 0, inf)",
        )
