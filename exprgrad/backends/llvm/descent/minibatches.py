"""A stage over the rows of a minibatch, called from compiled code: `backend.KernelRun` for few blocks, without Python.

    fold(columns, scalars, first, rows, lanes, folds)

folds `rows` rows from row `first` on, in the order of `columns.folds`, by a kernel that is compiled already.
`lanes` has room for MOST blocks; the results are the first numbers of `folds`, which has room for as many.
"""

from __future__ import annotations

from exprgrad.backends.llvm.ir import COPY, POINTER, Function, Operand
from exprgrad.backends.llvm.passes.kernel_stage import KernelStage
from exprgrad.backends.llvm.source.scalars import literal
from exprgrad.columns.folds import BLOCK, LANES

MOST = 16
"""The most blocks that a minibatch may have: for more, several threads would be faster."""


def text(stage: KernelStage, inputs: int) -> str:
    """The function for a stage that reads so many columns."""
    return "\n".join([COPY, _Fold(stage, inputs).text()])


class _Fold:
    """The function while it is written."""

    def __init__(self, stage: KernelStage, inputs: int) -> None:
        parameters = ("ptr %columns", "ptr %scalars", "i64 %first", "i64 %rows", "ptr %lanes", "ptr %folds")
        self.code = Function("fold", *parameters, internal=True)
        self._stage = stage
        self._inputs = range(inputs)
        self._kernel, self._single, self._finish, self._tree = (
            f"inttoptr (i64 {address} to ptr)" for address in stage.addresses()
        )
        self._table = self._room(inputs, POINTER)
        self._padded = self._room(inputs * LANES)
        self._before = self._room(stage.folds * LANES)

    def text(self) -> str:
        """Whole blocks, then what is left of a block: groups for all strands, single groups, and rows."""
        code, size = self.code, self._stage.folds * LANES
        whole, rest = code.integer("udiv", "%rows", BLOCK), code.integer("urem", "%rows", BLOCK)
        groups, tail = code.integer("udiv", rest, LANES), code.integer("urem", rest, LANES)
        left = code.integer("urem", groups, self._stage.strands)
        fast = code.sub(groups, left)
        blocks = code.add(whole, code.value(f"zext i1 {code.some(rest)} to i64"))
        last = code.element("%lanes", code.mul(whole, size))
        with code.count(0, blocks) as block:
            self._start(code.element("%lanes", code.mul(block, size)))
        row = "%first"
        with code.when(code.some(whole)):
            self._shift(row)
            self._run(self._kernel, "%lanes", whole, BLOCK // LANES)
        row = code.add(row, code.mul(whole, BLOCK))
        with code.when(code.some(fast)):
            self._shift(row)
            self._run(self._kernel, last, 1, fast)
        row = code.add(row, code.mul(fast, LANES))
        with code.when(code.some(left)):
            self._shift(row)
            self._run(self._single, last, 1, left)
        row = code.add(row, code.mul(left, LANES))
        with code.when(code.some(tail)):
            self._pad(row, tail)
            code.copy(self._before, last, size * 8)
            self._run(self._single, last, 1, 1)
            self._restore(last, tail)
        code.call(self._finish, "ptr %lanes", f"i64 {blocks}", "ptr %folds")
        code.call(self._tree, "ptr %folds", f"i64 {blocks}")
        return code.text()

    def _room(self, count: int, kind: str = "double") -> str:
        return self.code.value(f"alloca {kind}, i64 {count + 1}, align 64")

    def _start(self, lanes: str) -> None:
        """Fill the lanes of a block with the neutral numbers of their folds."""
        for fold, neutral in enumerate(self._stage.neutral):
            for lane in range(LANES):
                self.code.store_at(literal(float(neutral)), lanes, fold * LANES + lane)

    def _run(self, kernel: str, lanes: str, blocks: Operand, groups: Operand) -> None:
        """Call a kernel on the rows in the table."""
        pointers = ("ptr %scalars", f"ptr {self._table}", "ptr null", f"ptr {lanes}")
        self.code.call(kernel, *pointers, "i64 0", f"i64 {blocks}", f"i64 {groups}")

    def _shift(self, row: str) -> list[str]:
        """Fill the table with the addresses of the columns from a row on; these addresses."""
        rows = [self.code.element(self.code.pointer_at("%columns", k), row) for k in self._inputs]
        for k, address in enumerate(rows):
            self.code.store_at(address, self._table, k, POINTER, POINTER)
        return rows

    def _pad(self, row: str, tail: str) -> None:
        """Fill the table with the last rows, and zeros after them, as a group of their own."""
        size = self.code.mul(tail, 8)
        for k, rows in enumerate(self._shift(row)):
            padded = self.code.element(self._padded, k * LANES)
            self.code.store("zeroinitializer", padded, f"<{LANES} x double>")
            self.code.copy(padded, rows, size)
            self.code.store_at(padded, self._table, k, POINTER, POINTER)

    def _restore(self, last: str, tail: str) -> None:
        """Put back the lanes to which no row of the last group belongs, as they were before it."""
        size = self.code.mul(self.code.sub(LANES, tail), 8)
        for fold in range(self._stage.folds):
            first = self.code.add(tail, fold * LANES)
            self.code.copy(self.code.element(last, first), self.code.element(self._before, first), size)
