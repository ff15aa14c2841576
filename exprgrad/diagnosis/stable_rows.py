"""The same hints for what is computed over columns: log(sum(exp(x))) is logsumexp(x)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.columns.values import lost
from exprgrad.diagnosis.stable import hint, replaced
from exprgrad.graph.lower import Model
from exprgrad.graph.patterns import stable
from exprgrad.graph.reach import cone


def stable_hints_of_rows(
    model: Model, bindings: Mapping[str, float], source: RowSource, engine: Engine
) -> Iterator[str]:
    """A hint for each formula with whose better form the result would be finite."""
    for node in sorted(cone(model.graph, [model.output])):
        match = stable(model.graph, node, everywhere=False)
        if match is not None:
            other, places = replaced(model.graph, node, match)
            values, _ = Prepared(other, [places[model.output]], source, engine).run(source, bindings)
            if not lost(values[0]):
                yield hint(model, node, other, places)
