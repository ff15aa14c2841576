"""Expressions over the rows of a source, batch by batch, and what is wrong with errors that are given so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Prepared
from exprgrad.columns.rows import RowSource
from exprgrad.errors import DataError
from exprgrad.graph.graph import Graph
from exprgrad.jobs.fit.orthogonal.latent import written
from exprgrad.jobs.fit.reduction import Floats
from exprgrad.jobs.fit.request import Request
from exprgrad.text.numbers import format_number


def table(found: Mapping[int, Any], numbers: Mapping[int, float], wanted: Sequence[int], rows: int) -> Floats:
    """Columns and numbers side by side [rows, nodes]."""
    block = np.empty((rows, len(wanted)))
    for k, node in enumerate(wanted):
        block[:, k] = found[node] if node in found else numbers[node]
    return block


def check_errors(request: Request, source: RowSource, engine: Engine) -> None:
    """Raises DataError, with the row, for a standard deviation that is not above 0, and for correlations that no
    errors can have."""
    for name, text in request.sigma_x.items():
        for block, start in _blocks([text], source, engine):
            fine = np.isfinite(block[:, 0]) & (block[:, 0] > 0)
            if not fine.all():
                row = int(np.argmin(fine))
                exact = f"; where {name} is exact, leave out --sigma-x {name}" if block[row, 0] == 0 else ""
                raise DataError(
                    f"the sigma of {name} is {format_number(float(block[row, 0]))}{_place(source, start, row, text)}",
                    hint=f"a sigma is a finite number above 0{exact}",
                )
    if not request.sigma_xy:
        return
    texts = list(request.sigma_xy.values())
    for block, start in _blocks(texts, source, engine):
        fine = (block**2).sum(axis=1) < 1
        if not fine.all():
            row = int(np.argmin(fine))
            said = " and ".join(format_number(float(each)) for each in block[row])
            what = (
                f"the correlation of --sigma-xy is {said}" if len(texts) == 1 else f"correlations of --sigma-xy: {said}"
            )
            limit = "" if len(texts) == 1 else ", and their squares add up to less than 1"
            raise DataError(
                f"{what}{_place(source, start, row, *texts)}", hint=f"correlations lie between -1 and 1{limit}"
            )


def _place(source: RowSource, start: int, row: int, *texts: str | float) -> str:
    """Where a row stands, for what is not the same in all."""
    plain = all(not isinstance(text, str) or text.replace(".", "").isdigit() for text in texts)
    return "" if plain else f" ({source.place(start + row)})"


def _blocks(texts: Sequence[str | float], source: RowSource, engine: Engine) -> Iterator[tuple[Floats, int]]:
    """The values of expressions [rows, texts], and which row is the first: one row of those that are numbers alone."""
    graph = Graph()
    nodes = [written(graph, text, source.names, "--sigma-x") for text in texts]
    prepared = Prepared(graph, nodes, source, engine)
    folded = prepared.fold(source, {})
    if not prepared.plan.columns:
        yield table({}, folded.numbers, prepared.plan.wanted, 1), 0
        return
    start, feed = 0, prepared.stream(folded)
    for batch in source.read(prepared.plan.inputs):
        rows = len(next(iter(batch.values())))
        yield table(feed(batch), folded.numbers, prepared.plan.wanted, rows), start
        start += rows
