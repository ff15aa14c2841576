"""The loop that runs a table of operations over strips of rows.

    driver(registers, table, columns, outputs, lanes, from, to, groups)

takes the blocks `from` to `to` of `groups` groups of LANES rows, which lie one after the other in memory. `table` is
int64 [instructions, 2 + OPERANDS]: the address of a function, then the places of its strips in the file of
registers, float64; after it come the places of the outputs. The lanes of the block, [folds, LANES], lie at the
start of the file, and the inputs, strip by strip, after them.
"""

from __future__ import annotations

from exprgrad.backends.llvm.ir import COPY, INTEGER, POINTER, Function
from exprgrad.backends.llvm.passes import slices, watch
from exprgrad.backends.llvm.threaded.operations import OPERANDS
from exprgrad.columns.folds import LANES

NAME = "driver"
STRIP = 128
"""Rows of a strip."""
_BYTES = 8


def text(instructions: int, folds: int, inputs: int, outputs: int, *, watched: bool = False) -> str:
    """The driver of a stage with so many of each, and a `watch` over it where it is watched."""
    pointers = (f"ptr %{name}" for name in ("registers", "table", "columns", "outputs", "lanes"))
    code = Function(NAME, *pointers, "i64 %from", "i64 %to", "i64 %groups")
    rows, lanes_size = code.mul("%groups", LANES), folds * LANES * _BYTES
    columns = [code.pointer_at("%columns", k) for k in range(inputs)]
    with code.count("%from", "%to") as block:
        first = code.mul(block, rows)
        lanes = code.element("%lanes", code.mul(block, folds * LANES))
        code.copy("%registers", lanes, lanes_size)
        with code.loop() as strips:
            row = strips.carry(0)
            count = code.smaller(code.sub(rows, row), STRIP)
            size, start = code.mul(count, _BYTES), code.add(first, row)
            for k, column in enumerate(columns):
                strip = code.element("%registers", folds * LANES + k * STRIP)
                code.copy(strip, code.element(column, start), size)
            if instructions:
                _instructions(code, instructions, count)
            if outputs:
                _outputs(code, instructions, outputs, start, size)
            strips.advance(row, count, rows)
        code.copy(lanes, "%registers", lanes_size)
    parts = [COPY, code.text()]
    if watched:
        parts.append(watch.text(NAME, 5, outputs))
    return "\n".join([*parts, slices.text(watch.NAME if watched else NAME, pointers=5, apart=True)])


def _instructions(code: Function, instructions: int, count: str) -> None:
    """Call the function of each line of the table on its strips."""
    with code.count(0, instructions) as index:
        line = code.element("%table", code.mul(index, 2 + OPERANDS), INTEGER)
        function = code.load(line, POINTER)
        places = [code.load_at(line, 1 + k, INTEGER, INTEGER) for k in range(1 + OPERANDS)]
        strips = [code.element("%registers", place) for place in places]
        code.call(function, *(f"ptr {strip}" for strip in strips), f"i64 {count}")


def _outputs(code: Function, instructions: int, outputs: int, start: str, size: str) -> None:
    """Copy the strips that the end of the table names to the rows of the outputs from `start` on."""
    places = code.element("%table", instructions * (2 + OPERANDS), INTEGER)
    with code.count(0, outputs) as index:
        place = code.load_at(places, index, INTEGER, INTEGER)
        output = code.element(code.pointer_at("%outputs", index), start)
        code.copy(output, code.element("%registers", place), size)
