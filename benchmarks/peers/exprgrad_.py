"""Exprgrad's own compiled kernels."""

from __future__ import annotations

from importlib.metadata import version as installed

from benchmarks.peers import Kernel
from benchmarks.workloads import Columns, Workload


def version() -> str:
    return f"exprgrad {installed('exprgrad')}, llvmlite {installed('llvmlite')}"


def load(workload: Workload, columns: Columns, threads: int) -> Kernel:
    """The expression compiled; the time of a call includes the binding of the columns."""
    import exprgrad

    compiled = exprgrad.compile(workload.text, threads=threads, backend="llvm")
    bindings = {**columns, **workload.parameters}

    def value() -> float:
        return _number(compiled.evaluate(**bindings))

    def gradient() -> tuple[float, list[float]]:
        found, partials = compiled.value_and_gradient(**bindings)
        return _number(found), [_number(partials[name]) for name in workload.parameters]

    return Kernel(value, gradient)


def _number(result: object) -> float:
    assert isinstance(result, float)
    return result
