"""JAX, jitted, in double precision: value_and_grad.

XLA has no number of threads that it keeps to (its flags leave two busy), so the process is bound to as
many CPUs before JAX is imported.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from benchmarks.peers import AbsentError, Kernel
from benchmarks.workloads import Columns, Workload, random_tree


def version() -> str:
    return f"JAX {import_module('jax').__version__}"


def load(workload: Workload, columns: Columns, threads: int) -> Kernel:
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < threads:
        raise AbsentError(f"only {len(cpus)} CPUs")
    os.sched_setaffinity(0, cpus[:threads])
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    arrays = [jax.numpy.asarray(column) for column in columns.values()]
    names = [*columns, *workload.parameters]
    model = _model(workload.name, jax)

    def mean(*leaves: Any) -> Any:
        return model(**dict(zip(names, leaves, strict=True))).mean()

    numbers = list(workload.parameters.values())
    run = jax.jit(mean)
    run_gradient = jax.jit(jax.value_and_grad(mean, argnums=tuple(range(len(arrays), len(names)))))

    def gradient() -> tuple[float, list[float]]:
        value, partials = run_gradient(*arrays, *numbers)
        return float(value), [float(partial) for partial in partials]

    return Kernel(lambda: float(run(*arrays, *numbers)), gradient)


def _model(name: str, jax: Any) -> Any:
    np = jax.numpy
    code = compile(str(random_tree()), "the random expression", "eval")
    space = {name: getattr(np, name) for name in ("sin", "exp", "tanh", "sqrt", "log")}
    return {
        "logistic": lambda x1, x2, y, w1, w2, b: jax.nn.softplus(-y * (w1 * x1 + w2 * x2 + b)),
        "polynomial": lambda x, c0, c1, c2, c3, c4, c5: (
            (c0 + x * (c1 + x * (c2 + x * (c3 + x * (c4 + x * c5)))) - np.abs(x)) ** 2
        ),
        "gauss": lambda x, y, b1, b2, b3, b4, b5, b6, b7, b8: (
            (b1 * np.exp(-b2 * x) + b3 * np.exp(-(((x - b4) / b5) ** 2)) + b6 * np.exp(-(((x - b7) / b8) ** 2)) - y)
            ** 2
        ),
        "network": lambda x1, x2, y, w1, w2: (jax.nn.relu(x1 * w1) + jax.nn.gelu(x2 * w2, approximate=True) - y) ** 2,
        "random": lambda **leaves: eval(code, space, leaves),
    }[name]
