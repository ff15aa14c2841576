"""Hand-written C (`kernels.c`), compiled with gcc for this machine; the random expression's C is generated.

Threads are OpenMP's (`parallel.c`).
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from pathlib import Path
from shutil import which

from benchmarks.expression import straighten
from benchmarks.peers import AbsentError, Kernel
from benchmarks.workloads import RANDOM_COLUMNS, RANDOM_PARAMETERS, Columns, Workload, random_tree

FLAGS = ["-O3", "-march=native", "-ffast-math", "-fopenmp-simd", "-fno-builtin-cos"]
TANH_BY_EXP = "static double by_exp(double x) { return 1 - 2 / (1 + exp(2 * x)); }\n#define tanh by_exp\n"


def version() -> str:
    if which("gcc") is None:
        raise AbsentError("there is no gcc")
    done = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True)
    return " ".join([done.stdout.splitlines()[0], *FLAGS])


def load(workload: Workload, columns: Columns, threads: int) -> Kernel:
    return compiled(workload, columns, threads, "")


def compiled(workload: Workload, columns: Columns, threads: int, before: str) -> Kernel:
    """The functions compiled, after the text `before` where the C is generated."""
    version()
    source = Path(__file__).with_name("kernels.c").read_text("utf-8")
    if workload.name == "random":
        source += before + _generated(gradient=False) + _generated(gradient=True)
    with tempfile.TemporaryDirectory() as folder:
        kernels, library = Path(folder) / "kernels.o", Path(folder) / "kernels.so"
        driver = Path(__file__).with_name("parallel.c")
        compile_kernels = ["gcc", *FLAGS, "-fPIC", "-c", "-x", "c", "-", "-o", str(kernels)]
        link = ["gcc", "-O3", "-fopenmp", "-fPIC", "-shared", str(driver), str(kernels), "-o", str(library)]
        subprocess.run(compile_kernels, input=source, text=True, check=True)
        subprocess.run([*link, "-lmvec", "-lm"], check=True)
        functions = ctypes.CDLL(str(library))

    rows, count = len(next(iter(columns.values()))), len(workload.parameters)
    pointers = (ctypes.c_void_p * len(columns))(*[column.ctypes.data for column in columns.values()])
    parameters = (ctypes.c_double * count)(*workload.parameters.values())
    sums = (ctypes.c_double * count)()
    in_parallel = functions.in_parallel
    in_parallel.restype = ctypes.c_double

    def mean(function: object, partials: int) -> float:
        arguments = (threads, ctypes.c_long(rows), len(columns), pointers, parameters, partials, sums)
        return float(in_parallel(function, *arguments)) / rows

    value_kernel, gradient_kernel = (getattr(functions, f"{workload.name}_{name}") for name in ("value", "gradient"))

    def value(_: Columns = columns) -> float:  # the columns live as long as the pointers to them
        return mean(value_kernel, 0)

    def gradient() -> tuple[float, list[float]]:
        return mean(gradient_kernel, count), [total / rows for total in sums]

    return Kernel(value, gradient)


def _generated(gradient: bool) -> str:
    """The random expression's loop, from the same tree as its text."""
    parameters = list(RANDOM_PARAMETERS)
    code = straighten(random_tree(), parameters)
    sums = ["value", *[f"g_{name}" for name in parameters]] if gradient else ["value"]
    lines = [
        f"double random_{'gradient' if gradient else 'value'}(long n, const column *in, column p, result g)",
        "{",
        *[f"const double {name} = p[{i}];" for i, name in enumerate(parameters)],
        *[f"column {name}_ = in[{i}];" for i, name in enumerate(RANDOM_COLUMNS)],
        "double " + ", ".join(f"{name} = 0" for name in sums) + ";",
        f"#pragma omp simd reduction(+ : {', '.join(sums)})",
        "for (long i = 0; i < n; i++) {",
        *[f"const double {name} = {name}_[i];" for name in RANDOM_COLUMNS],
        *[f"const double {name} = {text};" for name, text in code.forward + (code.reverse if gradient else [])],
        f"value += {code.value};",
        *([f"g_{name} += {text};" for name, text in code.gradient.items()] if gradient else []),
        "}",
        *([f"g[{i}] = g_{name};" for i, name in enumerate(parameters)] if gradient else []),
        "return value;",
        "}",
    ]
    return "\n".join(lines) + "\n"
