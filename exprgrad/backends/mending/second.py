"""The second look at rows in which a number left the range of floats: which of them lost a derivative by it, and what
that is.

A backend looks first, as cheaply as it can, and may take harmless rows for lost ones. The second look is the same for
every backend, and decides row by row, so that the answer does not depend on the rows beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite

from exprgrad.backends.mending.losses import look
from exprgrad.backends.mending.wide_rows import wide_rows
from exprgrad.backends.protocol import Backend
from exprgrad.columns.plan import Plan, Stage
from exprgrad.columns.rows import Batch
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.forward import compute
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import reach


class Second:
    """How a stage is looked at again, by a backend for that alone."""

    def __init__(self, graph: Graph, stage: Stage, backend: Callable[[Plan], Backend]) -> None:
        self.look = look(graph, stage)
        self.backend = None if self.look is None else backend(self.look.plan)

    def begin(self, values: Mapping[int, float]) -> SecondRun:
        """Begin to look, where these are the numbers that the stage was begun with."""
        return SecondRun(self, values)


class SecondRun:
    """The second look for some numbers."""

    def __init__(self, second: Second, values: Mapping[int, float]) -> None:
        self.second = second
        self.numbers = dict(values)
        look = second.look
        if look is None:
            return
        graph, stage = look.plan.graph, look.stage
        needed = reach(stage.scalars, lambda node: () if node in values else graph.operands[node])
        compute(graph, sorted(needed.difference(values)), self.numbers, FLOATS, {})
        self.hopeless = not all(isfinite(self.numbers[node]) for node in stage.scalars if graph.number(node) is None)
        """Whether a number is not finite that all rows use: then the derivatives are not either."""

    def mended(self, rows: Batch) -> dict[int, list[float]]:
        """The columns of derivatives, where some of these rows are lost, with these computed on wide numbers."""
        look, backend = self.second.look, self.second.backend
        if look is None or backend is None or self.hopeless:
            return {}
        stage = look.stage
        read = {name: rows[name] for name in stage.inputs}
        lost, *columns = backend.start(stage, self.numbers).feed(read)
        places = [row for row, found in enumerate(lost) if found]
        if not places:
            return {}
        inputs = {name: [float(column[row]) for row in places] for name, column in read.items()}
        right = wide_rows(look.plan.graph, look.targets, self.numbers, inputs)
        mended = [list(map(float, column)) for column in columns]
        for column, numbers in zip(mended, right, strict=True):
            for row, number in zip(places, numbers, strict=True):
                column[row] = number
        return dict(zip(look.targets, mended, strict=True))
