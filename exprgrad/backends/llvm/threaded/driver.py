"""The loop that runs a table of operations over strips of rows.

    driver(registers, table, columns, outputs, lanes, from, to, groups)

takes the blocks `from` to `to` of `groups` groups of LANES rows, which lie one after the other in memory. `table` is
int64 [instructions, 2 + OPERANDS]: the address of a function, then the places of its strips in the file of
registers, float64; after it come the places of the outputs. The lanes of the block, [folds, LANES], lie at the
start of the file, and the inputs, strip by strip, after them.
"""

from __future__ import annotations

from exprgrad.backends.llvm.passes import shares
from exprgrad.backends.llvm.threaded.operations import OPERANDS
from exprgrad.columns.folds import LANES

NAME = "driver"
STRIP = 128
"""Rows of a strip."""
_BYTES = 8

_COPY = "call void @llvm.memcpy.p0.p0.i64(ptr align 8 {}, ptr align 8 {}, i64 {}, i1 false)"


def text(instructions: int, folds: int, inputs: int, outputs: int) -> str:
    """The driver of a pass with so many of each."""
    lanes = folds * LANES * _BYTES
    return "\n".join(
        [
            "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
            f"define void @{NAME}(ptr %registers, ptr %table, ptr %columns, ptr %outputs, ptr %lanes,"
            " i64 %from, i64 %to, i64 %groups) {",
            "entry:",
            f"  %rows = mul i64 %groups, {LANES}",
            f"  %places = getelementptr i64, ptr %table, i64 {instructions * (2 + OPERANDS)}",
            "  br label %block",
            "block:",
            "  %b = phi i64 [%from, %entry], [%b.next, %end]",
            "  %first = mul i64 %b, %rows",
            f"  %lanes.index = mul i64 %b, {lanes}",
            "  %lanes.block = getelementptr i8, ptr %lanes, i64 %lanes.index",
            f"  {_COPY.format('%registers', '%lanes.block', lanes)}",
            "  br label %strip",
            "strip:",
            "  %row = phi i64 [0, %block], [%row.next, %given]",
            "  %left = sub i64 %rows, %row",
            f"  %short = icmp ult i64 %left, {STRIP}",
            f"  %count = select i1 %short, i64 %left, i64 {STRIP}",
            f"  %bytes = mul i64 %count, {_BYTES}",
            "  %start = add i64 %first, %row",
            *(
                line
                for k in range(inputs)
                for line in (
                    f"  %column{k}.at = getelementptr ptr, ptr %columns, i64 {k}",
                    f"  %column{k} = load ptr, ptr %column{k}.at",
                    *_copy(f"column{k}", f"%column{k}", str(folds * LANES + k * STRIP), into=True),
                )
            ),
            f"  br i1 {_truth(instructions)}, label %instruction, label %stripped",
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
                    f"  %x{k} = getelementptr double, ptr %registers, i64 %place{k}",
                )
            ),
            f"  call void %function({', '.join(f'ptr %x{k}' for k in range(1 + OPERANDS))}, i64 %count)",
            "  %i.next = add i64 %i, 1",
            f"  %more = icmp ult i64 %i.next, {instructions}",
            "  br i1 %more, label %instruction, label %stripped",
            "stripped:",
            f"  br i1 {_truth(outputs)}, label %output, label %given",
            "output:",
            "  %o = phi i64 [0, %stripped], [%o.next, %output]",
            "  %array.at = getelementptr ptr, ptr %outputs, i64 %o",
            "  %array = load ptr, ptr %array.at",
            "  %place.at = getelementptr i64, ptr %places, i64 %o",
            "  %place = load i64, ptr %place.at",
            *_copy("output", "%array", "%place", into=False),
            "  %o.next = add i64 %o, 1",
            f"  %others = icmp ult i64 %o.next, {outputs}",
            "  br i1 %others, label %output, label %given",
            "given:",
            "  %row.next = add i64 %row, %count",
            "  %again = icmp ult i64 %row.next, %rows",
            "  br i1 %again, label %strip, label %end",
            "end:",
            f"  {_COPY.format('%lanes.block', '%registers', lanes)}",
            "  %b.next = add i64 %b, 1",
            "  %another = icmp ult i64 %b.next, %to",
            "  br i1 %another, label %block, label %done",
            "done:",
            "  ret void",
            "}",
            shares.text(NAME, pointers=5, apart=True),
        ]
    )


def _copy(name: str, array: str, place: str, *, into: bool) -> list[str]:
    """A copy of a strip's rows of an array to a place in the file of registers, or back."""
    rows, strip = f"%{name}.rows", f"%{name}.strip"
    return [
        f"  {rows} = getelementptr double, ptr {array}, i64 %start",
        f"  {strip} = getelementptr double, ptr %registers, i64 {place}",
        f"  {_COPY.format(*((strip, rows) if into else (rows, strip)), '%bytes')}",
    ]


def _truth(count: int) -> str:
    return "true" if count else "false"
