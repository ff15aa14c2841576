"""Rows in random order, in compiled code: NumPy's own shuffle and take are several times slower.

    order(bits, order, rows)                a permutation from random bits
    gather(rows, columns, order, count)     columns of the rows in that order; in `rows` they lie row by row

The permutation is the "inside-out" shuffle of Fisher and Yates (Durstenfeld 1964, Comm. ACM 7): row i takes the
place of one of the i+1 first, place number floor(bits[i]*(i + 1)/2^64), which moves to place i.
"""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np
from numpy.typing import NDArray

from exprgrad.backends.llvm.compiler import Compiled, compile_ir
from exprgrad.backends.llvm.passes.lanes import Floats

_TEXT = """\
define void @order(ptr noalias readonly %bits, ptr noalias %order, i64 %rows) {
entry:
  br label %loop
loop:
  %i = phi i64 [0, %entry], [%next, %loop]
  %next = add i64 %i, 1
  %bits.at = getelementptr i64, ptr %bits, i64 %i
  %random = load i64, ptr %bits.at
  %wide = zext i64 %random to i128
  %places = zext i64 %next to i128
  %product = mul i128 %wide, %places
  %high = lshr i128 %product, 64
  %place = trunc i128 %high to i64
  %there = getelementptr i32, ptr %order, i64 %place
  %here = getelementptr i32, ptr %order, i64 %i
  %moved = load i32, ptr %there
  store i32 %moved, ptr %here
  %row = trunc i64 %i to i32
  store i32 %row, ptr %there
  %more = icmp ult i64 %next, %rows
  br i1 %more, label %loop, label %done
done:
  ret void
}
"""
_AHEAD = 24
"""Rows ahead of the one that is copied are on their way from memory."""
_ORDER = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
_GATHER = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64)


def _gather(columns: int) -> str:
    """The text of `gather` for so many columns."""
    return "\n".join(
        [
            "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)",
            "define void @gather(ptr noalias readonly %rows, ptr noalias readonly %columns,"
            " ptr noalias readonly %order, i64 %count) {",
            "entry:",
            *(
                line
                for k in range(columns)
                for line in (
                    f"  %to{k}.at = getelementptr ptr, ptr %columns, i64 {k}",
                    f"  %to{k} = load ptr, ptr %to{k}.at",
                )
            ),
            "  br label %loop",
            "loop:",
            "  %i = phi i64 [0, %entry], [%next, %loop]",
            f"  %far = add i64 %i, {_AHEAD}",
            "  %inside = icmp ult i64 %far, %count",
            "  %ahead = select i1 %inside, i64 %far, i64 %i",
            *_row("ahead", columns),
            "  call void @llvm.prefetch.p0(ptr %ahead.row, i32 0, i32 3, i32 1)",
            *_row("i", columns),
            *(
                line
                for k in range(columns)
                for line in (
                    f"  %from{k}.at = getelementptr double, ptr %i.row, i64 {k}",
                    f"  %value{k} = load double, ptr %from{k}.at",
                    f"  %result{k}.at = getelementptr double, ptr %to{k}, i64 %i",
                    f"  store double %value{k}, ptr %result{k}.at",
                )
            ),
            "  %next = add i64 %i, 1",
            "  %more = icmp ult i64 %next, %count",
            "  br i1 %more, label %loop, label %done",
            "done:",
            "  ret void",
            "}",
        ]
    )


def _row(place: str, columns: int) -> list[str]:
    """The address of the row that comes at a place."""
    return [
        f"  %{place}.at = getelementptr i32, ptr %order, i64 %{place}",
        f"  %{place}.number = load i32, ptr %{place}.at",
        f"  %{place}.wide = zext i32 %{place}.number to i64",
        f"  %{place}.index = mul i64 %{place}.wide, {columns}",
        f"  %{place}.row = getelementptr double, ptr %rows, i64 %{place}.index",
    ]


@cache
def _code(columns: int) -> Compiled:
    return compile_ir(_TEXT + _gather(columns), 2)


def shuffled(rows: Floats, bits: NDArray[np.uint64]) -> list[Floats]:
    """The columns [rows] of a table [rows, columns] in the order that random bits [rows] give its rows."""
    count, width = rows.shape
    code, order = _code(width), np.empty(count, dtype=np.uint32)
    columns = [np.empty(count) for _ in range(width)]
    table = np.array([column.ctypes.data for column in columns], dtype=np.uintp)
    if rows.size:
        _ORDER(code.address("order"))(bits.ctypes.data, order.ctypes.data, count)
        _GATHER(code.address("gather"))(rows.ctypes.data, table.ctypes.data, order.ctypes.data, count)
    return columns
