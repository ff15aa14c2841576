"""The loop that runs a table of operations over strips of rows.

    driver(table, registers, columns, outputs, lanes, blocks, groups)

takes `blocks` blocks of `groups` groups of LANES rows, one after the other in memory. `table` is int64
[instructions, 2 + OPERANDS]: the address of a function, then the places of its strips in the file of
registers, in bytes. The lanes of the block, [folds, LANES], lie at the start of the file, and the inputs, strip
by strip, after them.
"""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.backends.folds import LANES
from exprgrad.backends.llvm.operations import OPERANDS

NAME = "driver"
STRIP = 64
"""Rows of a strip."""
_BYTES = 8

_COPY = "call void @llvm.memcpy.p0.p0.i64(ptr align 8 {}, ptr align 8 {}, i64 {}, i1 false)"


def text(instructions: int, folds: int, inputs: int, outputs: Sequence[int]) -> str:
    """The driver of a pass; `outputs` are the places of the strips to give out."""
    lanes = folds * LANES * _BYTES
    strips = [lanes + k * STRIP * _BYTES for k in range(inputs)]
    return "\n".join(
        [
            "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
            f"define void @{NAME}(ptr %table, ptr %registers, ptr %columns, ptr %outputs, ptr %lanes,"
            " i64 %blocks, i64 %groups) {",
            "entry:",
            f"  %rows = mul i64 %groups, {LANES}",
            "  br label %block",
            "block:",
            "  %b = phi i64 [0, %entry], [%b.next, %end]",
            "  %first = mul i64 %b, %rows",
            f"  %lanes.index = mul i64 %b, {lanes}",
            "  %lanes.block = getelementptr i8, ptr %lanes, i64 %lanes.index",
            f"  {_COPY.format('%registers', '%lanes.block', lanes)}",
            "  br label %strip",
            "strip:",
            "  %row = phi i64 [0, %block], [%row.next, %stripped]",
            "  %left = sub i64 %rows, %row",
            f"  %short = icmp ult i64 %left, {STRIP}",
            f"  %count = select i1 %short, i64 %left, i64 {STRIP}",
            f"  %bytes = mul i64 %count, {_BYTES}",
            "  %start = add i64 %first, %row",
            *_copies("column", "%columns", strips, into=True),
            f"  br i1 {'true' if instructions else 'false'}, label %instruction, label %stripped",
            "instruction:",
            "  %i = phi i64 [0, %strip], [%i.next, %instruction]",
            f"  %line.index = mul i64 %i, {2 + OPERANDS}",
            "  %line = getelementptr i64, ptr %table, i64 %line.index",
            "  %function = load ptr, ptr %line",
            *(
                line
                for k in range(1 + OPERANDS)
                for line in (
                    f"  %place{k}.at = getelementptr i64, ptr %line, i64 {k + 1}",
                    f"  %place{k} = load i64, ptr %place{k}.at",
                    f"  %x{k} = getelementptr i8, ptr %registers, i64 %place{k}",
                )
            ),
            f"  call void %function({', '.join(f'ptr %x{k}' for k in range(1 + OPERANDS))}, i64 %count)",
            "  %i.next = add i64 %i, 1",
            f"  %more = icmp ult i64 %i.next, {instructions}",
            "  br i1 %more, label %instruction, label %stripped",
            "stripped:",
            *_copies("output", "%outputs", outputs, into=False),
            "  %row.next = add i64 %row, %count",
            "  %again = icmp ult i64 %row.next, %rows",
            "  br i1 %again, label %strip, label %end",
            "end:",
            f"  {_COPY.format('%lanes.block', '%registers', lanes)}",
            "  %b.next = add i64 %b, 1",
            "  %another = icmp ult i64 %b.next, %blocks",
            "  br i1 %another, label %block, label %done",
            "done:",
            "  ret void",
            "}",
        ]
    )


def _copies(name: str, table: str, places: Sequence[int], *, into: bool) -> list[str]:
    """Copies of a strip's rows between the arrays of a table of addresses and registers."""
    lines = []
    for k, place in enumerate(places):
        array, register = f"%{name}{k}.rows", f"%{name}{k}.strip"
        lines += [
            f"  %{name}{k}.at = getelementptr ptr, ptr {table}, i64 {k}",
            f"  %{name}{k} = load ptr, ptr %{name}{k}.at",
            f"  {array} = getelementptr double, ptr %{name}{k}, i64 %start",
            f"  {register} = getelementptr i8, ptr %registers, i64 {place}",
            f"  {_COPY.format(register, array, '%bytes') if into else _COPY.format(array, register, '%bytes')}",
        ]
    return lines
