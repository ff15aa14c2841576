"""A bare kernel: rows in, rows out. For tests and measurements of the functions themselves."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from ctypes import CFUNCTYPE, c_int64, c_void_p

from exprgrad.backends.llvm.compiler import compile_ir
from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.backends.llvm.emit.writers import new_emitter
from exprgrad.backends.llvm.ir import VECTOR, WIDTH, Function

Body = Callable[[Emitter, Sequence[str]], Sequence[str]]
"""Writes the code for some operands and returns its results."""
Columns = list["array[float]"]


def source(body: Body, inputs: int, *, vector_library: bool = True) -> tuple[str, int]:
    """The module's text, `kernel(table of input columns, table of output columns, rows)`, and the number of outputs."""
    code = Function("kernel", "ptr %in", "ptr %out", "i64 %rows")
    emitter = new_emitter(code, vector_library=vector_library)
    columns = [code.pointer_at("%in", k) for k in range(inputs)]
    with code.count(0, "%rows", WIDTH) as row:
        results = body(emitter, [code.load_at(column, row, VECTOR) for column in columns])
        for k, result in enumerate(results):
            code.store_at(result, code.pointer_at("%out", k), row, VECTOR)
    return f"{emitter.definitions.text()}{code.text()}\n", len(results)


def elementwise(
    body: Body, inputs: int, *, vector_library: bool = True, level: int = 2
) -> Callable[[Sequence[Sequence[float]]], Columns]:
    """The compiled body as a function from input columns (of equal length) to output columns."""
    text, outputs = source(body, inputs, vector_library=vector_library)
    compiled = compile_ir(text, level)
    kernel = CFUNCTYPE(None, c_void_p, c_void_p, c_int64)(compiled.address("kernel"))

    def run(columns: Sequence[Sequence[float]]) -> Columns:
        rows = len(columns[0])
        padding = [1.0] * (-rows % WIDTH)
        given = [array("d", [*column, *padding]) for column in columns]
        results = [array("d", bytes(8 * len(given[0]))) for _ in range(outputs)]
        tables = [array("Q", [column.buffer_info()[0] for column in side]) for side in (given, results)]
        kernel(tables[0].buffer_info()[0], tables[1].buffer_info()[0], len(given[0]))
        assert compiled  # the code must outlive the call
        return [column[:rows] for column in results]

    return run
