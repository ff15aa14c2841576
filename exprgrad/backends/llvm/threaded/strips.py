"""A stage as threaded code (Bell 1973, CACM 16): for stages too large to be one kernel.

The time to compile straight-line code grows faster than its size. Here each distinct operation is compiled once, as a
small function that computes a strip of rows. The program is a table, and one loop calls the function of each line.
Compiling takes as long for a million nodes as for a hundred, and the bits are the kernel's.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.llvm.emit.definitions import Definitions
from exprgrad.backends.llvm.passes import watch
from exprgrad.backends.llvm.passes.lanes import Floats
from exprgrad.backends.llvm.passes.stage import CompiledStage, Flags, address
from exprgrad.backends.llvm.threaded import driver, operations
from exprgrad.backends.llvm.threaded.driver import STRIP
from exprgrad.backends.llvm.threaded.operations import OPERANDS, Selection
from exprgrad.backends.mending.losses import targets
from exprgrad.columns.folds import BLOCK, LANES, function_of
from exprgrad.columns.plan import Stage
from exprgrad.graph.graph import Graph

LARGE = 500
"""Nodes from which a stage is computed so. A kernel of as many runs no faster, and takes longer to compile."""

_LEVEL = 2
"""The level of compilation: there is little to compile."""
_LINE = 64
"""Bytes of a line of the cache, at which the file of registers starts."""


Step = tuple[int, int, tuple[int, ...], int]
"""A node, the number of its operation, the nodes that it reads, and _NO_FOLD; or a node, -1, itself, and the number of
the fold that it goes into."""
_NO_FOLD = -1


class ThreadedStage(CompiledStage):
    """Threaded code for a stage, called like a `KernelStage`.

    The file of registers, float64, holds the lanes of a block [folds, LANES], then strips [STRIP] of the inputs,
    of the scalars in every row, and of values, whose places are used again when nothing reads them any more.
    Each call takes a file of its own, so threads can run it side by side.
    """

    def __init__(self, graph: Graph, stage: Stage) -> None:
        steps, selection = _steps(graph, stage)
        functions = [function_of(graph.operations[node]) for node in stage.folds]
        watched = bool(targets(graph, stage))
        loop = driver.text(len(steps), len(functions), len(stage.inputs), len(stage.outputs), watched=watched)
        text = _text(selection, functions, loop)
        super().__init__(graph, stage, text, _LEVEL, watch.NAME if watched else driver.NAME, own=2)
        inputs = graph.inputs()
        leaves = [*(inputs[name] for name in stage.inputs), *stage.scalars]
        self._scalars = len(stage.folds) * LANES + len(stage.inputs) * STRIP
        self.compiled = len(selection.operations)
        """How many distinct operations are compiled."""
        places, self.size = _places(steps, leaves, stage.outputs, len(stage.folds) * LANES)
        self._table = self._tabulate(steps, functions, places, stage.outputs)
        self._files: list[Floats] = []
        """Files of registers that no thread uses."""

    def _tabulate(
        self, steps: list[Step], functions: list[str], places: dict[int, int], outputs: Sequence[int]
    ) -> NDArray[np.uint64]:
        """The table of the driver."""
        compiled = [self._code.address(f"operation{k}") for k in range(self.compiled)]
        folds = {function: self._code.address(f"fold.{function}") for function in dict.fromkeys(functions)}
        unused = [[0] * (OPERANDS - count) for count in range(OPERANDS + 1)]
        table: list[int] = []
        for node, operation, operands, fold in steps:
            if fold == _NO_FOLD:
                table += compiled[operation], places[node]
            else:
                table += folds[functions[fold]], fold * LANES
            for operand in operands:
                table.append(places[operand])
            table += unused[len(operands)]
        table += [places[node] for node in outputs]
        return np.array(table, dtype=np.uint64)

    def run(
        self,
        columns: Sequence[Floats],
        start: int,
        scalars: array[float],
        outputs: Sequence[Floats],
        lanes: Floats,
        groups: int = BLOCK // LANES,
        threads: int = 1,
        flags: Flags | None = None,
    ) -> None:
        """Fold rows from `start` on into the lanes, `groups` groups into each block's, and give out columns. Where the
        stage is watched, `flags` are those of the blocks."""
        files = [self._file(scalars) for _ in range(threads)]
        table = array("q", map(address, files))
        registers = table.buffer_info()[0] if threads > 1 else table[0]
        self._call((registers, self._table.ctypes.data), columns, start, outputs, lanes, groups, threads, flags)
        self._files += files

    def _file(self, scalars: array[float]) -> Floats:
        """A file of registers that no thread uses, with the scalars in it."""
        try:
            file = self._files.pop()
        except IndexError:
            memory = np.zeros(self.size + _LINE // 8)
            skipped = -memory.ctypes.data % _LINE // 8
            file = memory[skipped : skipped + self.size]
        strips = file[self._scalars : self._scalars + len(scalars) * STRIP].reshape(-1, STRIP)
        strips[:] = np.frombuffer(scalars)[:, None] if scalars else 0.0
        return file


def _text(selection: Selection, functions: list[str], loop: str) -> str:
    """The module: the operations, the folds, and the loop over them."""
    definitions = Definitions()
    compiled = [
        operations.elementwise(f"operation{k}", operation, definitions) for operation, k in selection.operations.items()
    ]
    folds = [operations.fold(f"fold.{function}", function, definitions) for function in dict.fromkeys(functions)]
    return "\n".join([definitions.text(), *compiled, *folds, loop])


def _steps(graph: Graph, stage: Stage) -> tuple[list[Step], Selection]:
    """The program: what each fold or output needs, depth first, so that values are kept for a short time."""
    selection = Selection(graph, set(stage.columns))
    inputs = graph.inputs()
    done = bytearray(len(graph))
    for node in chain(stage.scalars, (inputs[name] for name in stage.inputs)):
        done[node] = 1
    steps: list[Step] = []
    folded = [graph.operands[node][0] for node in stage.folds]
    for fold, root in chain(enumerate(folded), ((_NO_FOLD, node) for node in stage.outputs)):
        begun: dict[int, Step] = {}
        stack = [root]
        while stack:
            node = stack.pop()
            if node < 0:
                steps.append(begun[~node])
            elif not done[node]:
                done[node] = 1
                operation, operands = selection.select(node)
                begun[node] = node, operation, operands, _NO_FOLD
                stack.append(~node)
                stack += operands
        if fold != _NO_FOLD:
            steps.append((root, -1, (root,), fold))
    return steps, selection


def _places(steps: list[Step], leaves: list[int], kept: Sequence[int], start: int) -> tuple[dict[int, int], int]:
    """Where in the file each value stands, and the size of the file. It is one scan over the steps: a value's place is
    free after its last use."""
    places = {node: start + k * STRIP for k, node in enumerate(leaves)}
    end = start + len(leaves) * STRIP
    last = {operand: k for k, (_, _, operands, _) in enumerate(steps) for operand in operands}
    for node in chain(leaves, kept):
        last[node] = len(steps)
    free: list[int] = []
    for k, (node, _, operands, fold) in enumerate(steps):
        for operand in operands:
            if last[operand] == k:
                free.append(places[operand])
                last[operand] = -1
        if fold == _NO_FOLD:
            if not free:
                free.append(end)
                end += STRIP
            places[node] = free.pop()
    return places, end
