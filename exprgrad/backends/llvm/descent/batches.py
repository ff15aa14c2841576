"""A pass over a batch of rows, called from compiled code: what `engine.KernelRun` does for few blocks, without Python.

    fold(columns, scalars, first, rows, lanes, folds)

folds `rows` rows from row `first` on, in the order of `columns.folds`, by a kernel that is compiled already.
`lanes` has room for MOST blocks; the results are the first numbers of `folds`, which has room for as many.
"""

from __future__ import annotations

from collections.abc import Iterable

from exprgrad.backends.llvm.passes.machine import Machine
from exprgrad.backends.llvm.source.scalars import literal
from exprgrad.columns.folds import BLOCK, LANES

MOST = 16
"""Blocks of a batch: for more, threads are worth their while."""

_COPY = "  call void @llvm.memcpy.p0.p0.i64(ptr align 8 {}, ptr align 8 {}, i64 {}, i1 false)"


def text(machine: Machine, inputs: int) -> str:
    """The function for a pass over so many columns."""
    folds, strands = machine.folds, machine.strands
    fast, single, finish, tree = (f"inttoptr (i64 {address} to ptr)" for address in machine.addresses())
    return "\n".join(
        [
            "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
            "define internal void @fold(ptr %columns, ptr %scalars, i64 %first, i64 %rows, ptr %lanes, ptr %folds)"
            " noinline {",
            "entry:",
            f"  %table = alloca ptr, i64 {inputs + 1}",
            f"  %padded = alloca double, i64 {inputs * LANES + 1}, align 64",
            f"  %before = alloca double, i64 {folds * LANES + 1}, align 64",
            f"  %whole = udiv i64 %rows, {BLOCK}",
            f"  %whole.rows = mul i64 %whole, {BLOCK}",
            "  %rest = sub i64 %rows, %whole.rows",
            "  %some.rest = icmp ne i64 %rest, 0",
            "  %more = zext i1 %some.rest to i64",
            "  %blocks = add i64 %whole, %more",
            f"  %groups = udiv i64 %rest, {LANES}",
            f"  %tail = urem i64 %rest, {LANES}",
            f"  %left = urem i64 %groups, {strands}",
            "  %fast = sub i64 %groups, %left",
            f"  %last.index = mul i64 %whole, {folds * LANES}",
            "  %last = getelementptr double, ptr %lanes, i64 %last.index",
            "  br label %clear",
            "clear:",
            "  %b = phi i64 [0, %entry], [%b.next, %clear]",
            f"  %clear.index = mul i64 %b, {folds * LANES}",
            "  %block = getelementptr double, ptr %lanes, i64 %clear.index",
            *(
                line
                for fold, neutral in enumerate(machine.neutral)
                for lane in range(LANES)
                for line in (
                    f"  %c{fold}.{lane} = getelementptr double, ptr %block, i64 {fold * LANES + lane}",
                    f"  store double {literal(float(neutral))}, ptr %c{fold}.{lane}",
                )
            ),
            "  %b.next = add i64 %b, 1",
            "  %clearing = icmp ult i64 %b.next, %blocks",
            "  br i1 %clearing, label %clear, label %begin",
            "begin:",
            "  %some.whole = icmp ne i64 %whole, 0",
            "  br i1 %some.whole, label %wholes, label %after.wholes",
            "wholes:",
            *_shifted("w", inputs, "%first"),
            f"  call void {fast}(ptr %scalars, ptr %table, ptr null, ptr %lanes, i64 0, i64 %whole,"
            f" i64 {BLOCK // LANES})",
            "  br label %after.wholes",
            "after.wholes:",
            "  %first.rest = add i64 %first, %whole.rows",
            "  %some.fast = icmp ne i64 %fast, 0",
            "  br i1 %some.fast, label %strands, label %after.strands",
            "strands:",
            *_shifted("s", inputs, "%first.rest"),
            f"  call void {fast}(ptr %scalars, ptr %table, ptr null, ptr %last, i64 0, i64 1, i64 %fast)",
            "  br label %after.strands",
            "after.strands:",
            f"  %fast.rows = mul i64 %fast, {LANES}",
            "  %first.left = add i64 %first.rest, %fast.rows",
            "  %some.left = icmp ne i64 %left, 0",
            "  br i1 %some.left, label %singles, label %after.singles",
            "singles:",
            *_shifted("l", inputs, "%first.left"),
            f"  call void {single}(ptr %scalars, ptr %table, ptr null, ptr %last, i64 0, i64 1, i64 %left)",
            "  br label %after.singles",
            "after.singles:",
            f"  %left.rows = mul i64 %left, {LANES}",
            "  %first.tail = add i64 %first.left, %left.rows",
            "  %some.tail = icmp ne i64 %tail, 0",
            "  br i1 %some.tail, label %tails, label %end",
            "tails:",
            "  %tail.bytes = mul i64 %tail, 8",
            f"  %kept = sub i64 {LANES}, %tail",
            "  %kept.bytes = mul i64 %kept, 8",
            *_padded(inputs),
            _COPY.format("%before", "%last", folds * LANES * 8),
            f"  call void {single}(ptr %scalars, ptr %table, ptr null, ptr %last, i64 0, i64 1, i64 1)",
            *_restored(range(folds)),
            "  br label %end",
            "end:",
            f"  call void {finish}(ptr %lanes, i64 %blocks, ptr %folds)",
            f"  call void {tree}(ptr %folds, i64 %blocks)",
            "  ret void",
            "}",
        ]
    )


def _shifted(name: str, inputs: int, row: str) -> list[str]:
    """The table of columns from a row on."""
    return [
        line
        for k in range(inputs)
        for line in (
            f"  %{name}{k}.at = getelementptr ptr, ptr %columns, i64 {k}",
            f"  %{name}{k}.column = load ptr, ptr %{name}{k}.at",
            f"  %{name}{k}.row = getelementptr double, ptr %{name}{k}.column, i64 {row}",
            f"  %{name}{k}.to = getelementptr ptr, ptr %table, i64 {k}",
            f"  store ptr %{name}{k}.row, ptr %{name}{k}.to",
        )
    ]


def _padded(inputs: int) -> list[str]:
    """The last rows, with zeros after them, as a group of their own."""
    lines = _shifted("t", inputs, "%first.tail")
    for k in range(inputs):
        lines += [
            f"  %p{k} = getelementptr double, ptr %padded, i64 {k * LANES}",
            f"  store <{LANES} x double> zeroinitializer, ptr %p{k}, align 8",
            _COPY.format(f"%p{k}", f"%t{k}.row", "%tail.bytes"),
            f"  store ptr %p{k}, ptr %t{k}.to",
        ]
    return lines


def _restored(folds: Iterable[int]) -> list[str]:
    """The lanes to which no row belongs, as they were."""
    lines = []
    for fold in folds:
        lines += [
            f"  %r{fold}.index = add i64 %tail, {fold * LANES}",
            f"  %r{fold}.from = getelementptr double, ptr %before, i64 %r{fold}.index",
            f"  %r{fold}.to = getelementptr double, ptr %last, i64 %r{fold}.index",
            _COPY.format(f"%r{fold}.to", f"%r{fold}.from", "%kept.bytes"),
        ]
    return lines
