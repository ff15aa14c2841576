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
from exprgrad.backends.llvm.ir import INTEGER, Function
from exprgrad.backends.llvm.passes.lanes import Floats

_AHEAD = 24
"""Rows ahead of the one that is copied are on their way from memory."""
_PREFETCH = "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)"
_ORDER = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
_GATHER = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64)


def _order() -> str:
    """The text of `order`."""
    code = Function("order", "ptr noalias readonly %bits", "ptr noalias %order", "i64 %rows")
    with code.count(0, "%rows") as row:
        random = code.value(f"zext i64 {code.load_at('%bits', row, INTEGER, INTEGER)} to i128")
        places = code.value(f"zext i64 {code.add(row, 1)} to i128")
        product = code.value(f"mul i128 {random}, {places}")
        place = code.value(f"trunc i128 {code.value(f'lshr i128 {product}, 64')} to i64")
        there, here = (code.element("%order", k, "i32") for k in (place, row))
        code.store(code.load(there, "i32"), here, "i32")
        code.store(code.value(f"trunc i64 {row} to i32"), there, "i32")
    return code.text()


def _gather(columns: int) -> str:
    """The text of `gather` for so many columns."""
    tables = (f"ptr noalias readonly %{name}" for name in ("rows", "columns", "order"))
    code = Function("gather", *tables, "i64 %count")
    results = [code.pointer_at("%columns", k) for k in range(columns)]
    with code.count(0, "%count") as place:
        far = code.add(place, _AHEAD)
        ahead = _row(code, code.select(code.less(far, "%count"), far, place), columns)
        code.call("@llvm.prefetch.p0", f"ptr {ahead}", "i32 0", "i32 3", "i32 1")
        row = _row(code, place, columns)
        for k, result in enumerate(results):
            code.store_at(code.load_at(row, k), result, place)
    return code.text()


def _row(code: Function, place: str, columns: int) -> str:
    """The address of the row that comes at a place."""
    number = code.load_at("%order", place, "i32", "i32")
    return code.element("%rows", code.mul(code.value(f"zext i32 {number} to i64"), columns))


@cache
def _code(columns: int) -> Compiled:
    return compile_ir("\n".join([_PREFETCH, _order(), _gather(columns)]), 2)


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
