"""A bare kernel: rows in, rows out. For tests and measurements of the functions themselves."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p

from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.emit.definitions import LANES, VECTOR
from exprgrad.backends.llvm.emit.emitter import Emitter

Body = Callable[[Emitter, Sequence[str]], Sequence[str]]
"""Writes the code for some operands and returns its results."""
Columns = list["array[float]"]


def source(body: Body, inputs: int, *, vector_library: bool = True, outline: bool = False) -> str:
    """The module's text: `kernel(table of input columns, table of output columns, rows)`."""
    emitter = Emitter(vector_library=vector_library, outline=outline)
    outputs = body(emitter, [f"%x{k}" for k in range(inputs)])
    heads, loads, stores = [], [], []
    for kind, count in (("in", inputs), ("out", len(outputs))):
        for k in range(count):
            heads += [
                f"  %{kind}.slot{k} = getelementptr ptr, ptr %{kind}, i64 {k}",
                f"  %{kind}{k} = load ptr, ptr %{kind}.slot{k}",
            ]
    for k in range(inputs):
        loads += [
            f"  %from{k} = getelementptr double, ptr %in{k}, i64 %row",
            f"  %x{k} = load {VECTOR}, ptr %from{k}, align 8",
        ]
    for k, output in enumerate(outputs):
        stores += [
            f"  %to{k} = getelementptr double, ptr %out{k}, i64 %row",
            f"  store {VECTOR} {output}, ptr %to{k}, align 8",
        ]
    lines = [
        "define void @kernel(ptr %in, ptr %out, i64 %rows) {",
        "entry:",
        *heads,
        "  br label %loop",
        "loop:",
        "  %row = phi i64 [0, %entry], [%next, %loop]",
        *loads,
        *emitter.lines,
        *stores,
        f"  %next = add i64 %row, {LANES}",
        "  %more = icmp slt i64 %next, %rows",
        "  br i1 %more, label %loop, label %done",
        "done:",
        "  ret void",
        "}",
    ]
    return emitter.declarations() + "\n".join(lines) + "\n"


def elementwise(
    body: Body, inputs: int, *, vector_library: bool = True, outline: bool = False, level: int = 2
) -> Callable[[Sequence[Sequence[float]]], Columns]:
    """The compiled body as a function from input columns (of equal length) to output columns."""
    counted: list[str] = []

    def counting(emitter: Emitter, operands: Sequence[str]) -> Sequence[str]:
        counted[:] = body(emitter, operands)
        return counted

    compiled = compile_ir(source(counting, inputs, vector_library=vector_library, outline=outline), level)
    kernel = CFUNCTYPE(None, c_void_p, c_void_p, c_int64)(compiled.address("kernel"))

    def run(columns: Sequence[Sequence[float]]) -> Columns:
        rows = len(columns[0])
        padding = [1.0] * (-rows % LANES)
        given = [array("d", [*column, *padding]) for column in columns]
        results = [array("d", bytes(8 * len(given[0]))) for _ in counted]
        tables = [array("Q", [column.buffer_info()[0] for column in side]) for side in (given, results)]
        kernel(tables[0].buffer_info()[0], tables[1].buffer_info()[0], len(given[0]))
        assert compiled  # the code must outlive the call
        return [column[:rows] for column in results]

    return run
