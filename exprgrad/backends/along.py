"""What is computed along with a stage: the scans that it takes beside the columns that are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exprgrad.backends.protocol import Backend, Run
from exprgrad.columns.plan import Plan, Stage
from exprgrad.columns.rows import Batch
from exprgrad.columns.scans import NOTHING, Held, Scan, scanned
from exprgrad.columns.values import Column


def along(
    plan: Plan, stage: Stage, backend: Backend, numbers: Mapping[int, float], held: Mapping[str, Column]
) -> Callable[[Batch], Batch]:
    """A function that takes the rows which a stage reads, batch by batch from the first on, and adds the scans that it
    takes. `numbers` are those known by then, `held` the scans that are held in memory."""
    if not plan.scans:
        return lambda batch: batch
    ready = Held(held)
    running = [_Running(plan, each, backend.start(each, numbers)) for each in plan.along(stage)]

    def beside(batch: Batch) -> Batch:
        batch = ready.beside(batch)
        for each in running:
            batch = {**batch, **each.next(batch)}
        return batch

    return beside


class _Running:
    """Scans over the rows up to each row: how far they are."""

    def __init__(self, plan: Plan, stage: Stage, run: Run) -> None:
        self._run = run
        self._outputs = stage.outputs
        self._scans: list[Scan] = [scan for scan in plan.scans if scan.name in stage.scans]
        self._ends = [NOTHING] * len(self._scans)

    def next(self, batch: Batch) -> Batch:
        """The scans of the next rows."""
        columns = dict(zip(self._outputs, self._run.feed(batch), strict=True))
        found: dict[str, Column] = {}
        for k, scan in enumerate(self._scans):
            found[scan.name], self._ends[k] = scanned(scan.kind, columns[scan.operand], self._ends[k])
        return found
