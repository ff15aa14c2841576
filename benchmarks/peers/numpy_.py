"""Vectorized NumPy with gradients derived by hand, over blocks of rows that stay in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.expression import straighten
from benchmarks.peers import AbsentError, Kernel
from benchmarks.workloads import RANDOM_COLUMNS, RANDOM_PARAMETERS, Columns, Workload, random_tree

BLOCK = 16_384
"""Rows at a time: twice as fast as whole columns of a million."""


def version() -> str:
    import numpy

    return f"NumPy {numpy.__version__}"


def load(workload: Workload, columns: Columns, threads: int) -> Kernel:
    import numpy

    if threads > 1:
        raise AbsentError("NumPy runs these on one thread")
    parameters = list(workload.parameters.values())
    rows = len(next(iter(columns.values())))
    blocks = [[column[start : start + BLOCK] for column in columns.values()] for start in range(0, rows, BLOCK)]
    run = Sums(numpy).of(workload.name)

    def gradient() -> tuple[float, list[float]]:
        sums = [run(*block, *parameters, gradient=True) for block in blocks]
        value, *partials = (float(sum(column)) / rows for column in zip(*sums, strict=True))
        return value, partials

    return Kernel(lambda: float(sum(run(*block, *parameters, gradient=False)[0] for block in blocks)) / rows, gradient)


class Sums:
    """For each workload: the sums over a block of the value and, if asked, of its partials."""

    def __init__(self, numpy: Any) -> None:
        self.np = numpy

    def of(self, name: str) -> Callable[..., list[Any]]:
        found: Callable[..., list[Any]] = getattr(self, name)()
        return found

    def logistic(self) -> Callable[..., list[Any]]:
        np = self.np

        def run(x1: Any, x2: Any, y: Any, w1: float, w2: float, b: float, gradient: bool) -> list[Any]:
            e = np.exp(-y * (w1 * x1 + w2 * x2 + b))
            value = np.log1p(e).sum()
            if not gradient:
                return [value]
            d = -y * e / (1 + e)
            return [value, d @ x1, d @ x2, d.sum()]

        return run

    def polynomial(self) -> Callable[..., list[Any]]:
        np = self.np

        def run(x: Any, *c: float, gradient: bool) -> list[Any]:
            r = c[0] + x * (c[1] + x * (c[2] + x * (c[3] + x * (c[4] + x * c[5])))) - np.abs(x)
            sums = [r @ r]
            if gradient:
                sums.append(2 * r.sum())
                for _ in range(5):
                    sums.append(2 * (r @ x))
                    r *= x
            return sums

        return run

    def gauss(self) -> Callable[..., list[Any]]:
        np = self.np

        def run(x: Any, y: Any, *b: float, gradient: bool) -> list[Any]:
            b1, b2, b3, b4, b5, b6, b7, b8 = b
            u, v = (x - b4) / b5, (x - b7) / b8
            e, p, q = np.exp(-b2 * x), np.exp(-u * u), np.exp(-v * v)
            r = b1 * e + b3 * p + b6 * q - y
            value = r @ r
            if not gradient:
                return [value]
            r *= 2
            e *= r
            p *= r
            q *= r
            pu, qv = p * u, q * v
            first = [value, e.sum(), -b1 * (e @ x)]
            return [
                *first,
                *(p.sum(), 2 * b3 / b5 * pu.sum(), 2 * b3 / b5 * (pu @ u)),
                *(q.sum(), 2 * b6 / b8 * qv.sum(), 2 * b6 / b8 * (qv @ v)),
            ]

        return run

    def network(self) -> Callable[..., list[Any]]:
        np = self.np
        k = 2 * np.sqrt(2 / np.pi)

        def run(x1: Any, x2: Any, y: Any, w1: float, w2: float, gradient: bool) -> list[Any]:
            a, h = x1 * w1, x2 * w2
            square = 0.044715 * h * h
            s = 1 / (1 + np.exp(-k * h * (1 + square)))
            r = np.maximum(a, 0) + h * s - y
            value = r @ r
            if not gradient:
                return [value]
            r *= 2
            return [value, r @ np.where(a > 0, x1, 0), (r * x2) @ (s + h * s * (1 - s) * k * (1 + 3 * square))]

        return run

    def random(self) -> Callable[..., list[Any]]:
        names = [*RANDOM_COLUMNS, *RANDOM_PARAMETERS]
        code = straighten(random_tree(), list(RANDOM_PARAMETERS))
        sums = ", ".join(f"total({text})" for text in code.gradient.values())
        lines = [
            f"def run({', '.join(names)}, gradient):",
            *[f"    {name} = {text}" for name, text in code.forward],
            f"    if not gradient: return [total({code.value})]",
            *[f"    {name} = {text}" for name, text in code.reverse],
            f"    return [total({code.value}), {sums}]",
        ]
        np = self.np
        space = {name: getattr(np, name) for name in ("sin", "cos", "exp", "tanh", "sqrt", "log")}
        found: dict[str, Callable[..., list[Any]]] = {}
        exec("\n".join(lines), space | {"total": np.sum}, found)  # the benchmark's own text
        return found["run"]
