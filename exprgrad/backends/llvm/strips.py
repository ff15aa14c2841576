"""A pass over the rows as threaded code (Bell 1973, CACM 16): for passes too large to be one kernel.

The time to compile straight-line code grows faster than its size. Here only each distinct operation is
compiled, to a small function that computes a strip of rows; the program is a table, and one loop calls row
after row of it. Compiling takes as long for a million nodes as for a hundred, and the bits are the kernel's.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.folds import BLOCK, LANES, function_of
from exprgrad.backends.llvm import driver, operations
from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.definitions import Definitions
from exprgrad.backends.llvm.driver import STRIP
from exprgrad.backends.llvm.lanes import Floats, Lanes
from exprgrad.backends.llvm.operations import OPERANDS, Selection
from exprgrad.graph.graph import Graph
from exprgrad.graph.plan import Pass

_DRIVER = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5, *[ctypes.c_int64] * 2)
_LEVEL = 1
"""Enough to keep the constants of a loop in registers."""
_LINE = 64
"""Bytes of a line of the cache, at which the file of registers starts."""


class Step(NamedTuple):
    """The computation of a node or, with a fold's number, the fold of a node."""

    node: int
    operation: int
    operands: tuple[int, ...]
    fold: int = -1


class Strips(Lanes):
    """Threaded code for a pass, to be called like `Machine`.

    The file of registers, float64, holds the lanes of a block [folds, LANES], then strips [STRIP] of the inputs,
    of the scalars in every row, and of values, whose places are used again when nothing reads them any more.
    """

    def __init__(self, graph: Graph, turn: Pass) -> None:
        super().__init__(graph, turn)
        self.turn = turn
        steps, selection = _steps(graph, turn)
        inputs = graph.inputs()
        leaves = [*(inputs[name] for name in turn.inputs), *turn.scalars]
        self._scalars = len(turn.folds) * LANES + len(turn.inputs) * STRIP
        places, self._size = _places(steps, leaves, turn.outputs, len(turn.folds) * LANES)
        functions = [function_of(graph.operations[node]) for node in turn.folds]
        self._compile(selection, functions, len(steps), [8 * places[node] for node in turn.outputs])
        self._table = self._tabulate(steps, functions, places)
        self._files: list[Floats] = []
        """Files of registers that no thread uses."""

    def _compile(self, selection: Selection, functions: list[str], steps: int, outputs: list[int]) -> None:
        definitions = Definitions()
        lines = [
            line
            for operation, k in selection.operations.items()
            for line in operations.elementwise(f"operation{k}", operation, definitions)
        ]
        for function in dict.fromkeys(functions):
            lines += operations.fold(f"fold.{function}", function, definitions)
        loop = driver.text(steps, len(functions), len(self.turn.inputs), outputs)
        self._code = compile_ir("\n".join([definitions.text(), *lines, loop]), _LEVEL)
        self._driver = _DRIVER(self._code.address(driver.NAME))
        self._addresses = [self._code.address(f"operation{k}") for k in range(len(selection.operations))]

    def _tabulate(self, steps: list[Step], functions: list[str], places: dict[int, int]) -> NDArray[np.uint64]:
        """The table of the driver."""
        folds = [self._code.address(f"fold.{function}") for function in functions]
        table: list[int] = []
        for node, operation, operands, fold in steps:
            if fold < 0:
                table += self._addresses[operation], places[node]
            else:
                table += folds[fold], fold * LANES
            table += [places[operand] for operand in operands]
            table += [0] * (OPERANDS - len(operands))
        words = np.array(table, dtype=np.uint64).reshape(-1, 2 + OPERANDS)
        words[:, 1:] *= np.uint64(8)
        return words

    def run(
        self,
        columns: Sequence[Floats],
        start: int,
        scalars: Floats,
        outputs: Sequence[Floats],
        lanes: Floats,
        groups: int = BLOCK // LANES,
    ) -> None:
        """Fold rows from `start` on into the lanes, `groups` groups into each block's, and give out columns."""
        arrays = [column.ctypes.data + 8 * start for column in (*columns, *outputs)]
        addresses = np.array(arrays, dtype=np.uintp)
        file = self._files.pop() if self._files else self._file()
        file[self._scalars : self._scalars + len(scalars) * STRIP].reshape(-1, STRIP)[:] = scalars[:, None]
        first = addresses.ctypes.data
        self._driver(
            self._table.ctypes.data,
            file.ctypes.data,
            first,
            first + 8 * len(columns),
            lanes.ctypes.data,
            len(lanes),
            groups,
        )
        self._files.append(file)

    def _file(self) -> Floats:
        memory = np.zeros(self._size + _LINE // 8)
        skipped = -memory.ctypes.data % _LINE // 8
        return memory[skipped : skipped + self._size]


def _steps(graph: Graph, turn: Pass) -> tuple[list[Step], Selection]:
    """The program: what each fold or output needs, depth first, which keeps values for a short time."""
    columns = set(turn.columns)
    selection = Selection(graph, columns)
    done = set(graph.inputs().values())
    steps: list[Step] = []
    for fold, root in chain(enumerate(graph.operands[node][0] for node in turn.folds), ((-1, k) for k in turn.outputs)):
        steps += _before(root, selection, columns, done)
        if fold >= 0:
            steps.append(Step(-1, -1, (root,), fold))
    return steps, selection


def _before(root: int, selection: Selection, columns: set[int], done: set[int]) -> Iterator[Step]:
    """The steps that compute a node, without those that are done."""
    entered: dict[int, Step] = {}
    stack = [root]
    while stack:
        node = stack.pop()
        if node < 0:
            yield entered[~node]
        elif node not in done:
            done.add(node)
            operation, operands = selection.select(node)
            entered[node] = Step(node, operation, operands)
            stack.append(~node)
            stack += [operand for operand in operands if operand in columns and operand not in done]


def _places(steps: list[Step], leaves: list[int], kept: Sequence[int], start: int) -> tuple[dict[int, int], int]:
    """Where in the file each value stands, and the size of the file. A linear scan: a value's place is free
    after its last use."""
    places = {node: start + k * STRIP for k, node in enumerate(leaves)}
    end = start + len(leaves) * STRIP
    last = {operand: k for k, step in enumerate(steps) for operand in step.operands}
    for node in chain(leaves, kept):
        last[node] = len(steps)
    free: list[int] = []
    for k, (node, _, operands, fold) in enumerate(steps):
        free += [places[operand] for operand in set(operands) if last[operand] == k]
        if fold < 0:
            if free:
                places[node] = free.pop()
            else:
                places[node] = end
                end += STRIP
    return places, end
