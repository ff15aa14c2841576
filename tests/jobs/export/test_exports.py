"""Exported code is run, and gives what the interpreter gives."""

from __future__ import annotations

import math
import struct
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import CodeType

import pytest

from benchmarks.emitted import merged
from tests.backends.test_columns import EXACT
from tests.jobs.export.cases import COUNT, Case, agrees, cases, constants, rows
from tests.tools import needs

CAREFUL = 8
"""Ulp in each operation for targets that have the interpreter's own algorithms: their libm may be another."""
STABLE = 450
"""The same for those with short formulas: 1e-13."""


SPECIAL = frozenset(
    "erfcx ierfcx erfinv erfcinv normal_quantile log_normal_cdf normal_mills lambertw lambertw_slope beta lbeta"
    " polygamma_difference gammainc gammaincc gamma_density betainc beta_density expint ei si ci zeta zeta_derivative"
    " besselj besselj_slope bessely bessely_slope besseli besselk airyai airybi airyaiprime airybiprime".split()
)
"""Functions with an algorithm that only a language with branches and loops can have."""
LACKING: dict[str, frozenset[str]] = {
    "jax": SPECIAL.union(["spherical_bessel", "fma"]),
    "sympy": frozenset(["erfcx", "ierfcx", "normal_mills", "zeta", "zeta_derivative"]),
    "torch": SPECIAL.union(["gamma", "digamma", "polygamma", "spherical_bessel", "fma"]),
    "sql": SPECIAL.union(
        "erf erfc normal_cdf gelu_erf gelu_erf_slope gamma lgamma digamma polygamma spherical_bessel fma".split()
    ),
}
"""Functions that a target does not have, or whose derivative it does not."""


def written(number: float) -> str:
    """A literal of C."""
    return number.hex() if math.isfinite(number) else "NAN" if number != number else f"{number:+}INITY".upper()


def run_c(found: list[Case], folder: Path, *flags: str) -> list[list[list[float]]]:
    """What C computes, bit for bit."""
    sources = [case.source("c", f"f{k}") for k, case in enumerate(found)]
    lines = ["#include <stdio.h>", "int main(void) {", "    double g[8], value;"]
    for k, case in enumerate(found):
        names = case.joint.variables
        for at in case.points:
            listed = ", ".join([*(written(at[name]) for name in names), "g"])
            lines.append(f'    value = f{k}({listed}); printf("%a", value);')
            lines.append(f'    for (int k = 0; k < {len(names)}; k++) {{ printf(" %a", g[k]); }} puts("");')
    program = folder / "program.c"
    program.write_text("\n".join(["#include <math.h>\n", merged(sources), *lines, "    return 0;", "}", ""]))
    command = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-O1", "-ffp-contract=off", *flags]
    done = subprocess.run(
        [*command, str(program), "-lm", "-o", str(folder / "program")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[:3000]
    output = subprocess.run([str(folder / "program")], capture_output=True, text=True, check=True).stdout
    results = iter([[float.fromhex(word) for word in line.split()] for line in output.splitlines()])
    return [[next(results) for _ in case.points] for case in found]


def bits(number: float) -> bytes:
    return struct.pack("<d", number if number == number else math.nan)


@needs("gcc")
def test_c_has_the_bits_of_the_interpreter(tmp_path: Path) -> None:
    found = cases(only=frozenset(EXACT))
    for case, results in zip(found, run_c(found, tmp_path), strict=True):
        for at, numbers, expected in zip(case.points, results, case.mended, strict=True):
            assert [*map(bits, numbers)] == [*map(bits, expected)], (
                case.text,
                at,
                numbers,
                expected,
            )


def check_at_ends(case: Case, results: list[list[float]]) -> None:
    """At the ends of the range of floats a derivative is what floats give, what a second look gives, or nan."""
    for at, floats, right, numbers in zip(case.points, case.expected, case.mended, results, strict=True):
        for number, *known, bound in zip(numbers, floats, right, case.bounds(at, CAREFUL), strict=True):
            near = any(agrees(number, one, bound) or math.isclose(number, one, rel_tol=1e-12) for one in known)
            assert near or number != number, (case.text, at, number, known)


@needs("gcc")
def test_c(tmp_path: Path) -> None:
    found = cases() + rows()
    ends = constants()
    results = run_c(found + ends, tmp_path)
    for case, numbers in zip(found, results, strict=False):
        case.check(numbers, CAREFUL, second=True)
    for case, numbers in zip(ends, results[len(found) :], strict=True):
        check_at_ends(case, numbers)


@needs("node")
def test_javascript(tmp_path: Path) -> None:
    found = cases() + rows() + constants()
    sources = [case.source("javascript", f"f{k}") for k, case in enumerate(found)]
    calls = []
    for k, case in enumerate(found):
        for at in case.points:
            numbers = (repr(at[name]) for name in case.joint.variables)
            listed = ", ".join({"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(x, x) for x in numbers)
            calls.append(f"show(f{k}({listed}));")
    show = (
        "const text = (x) => Object.is(x, -0) ? '-0' : String(x);\n"
        "const show = (r) => console.log([r.value, ...Object.values(r.gradient)].map(text).join(' '));"
    )
    program = tmp_path / "program.mjs"
    program.write_text("\n".join([merged(sources), show, *calls]))
    output = subprocess.run(["node", str(program)], capture_output=True, text=True, check=False)
    assert output.returncode == 0, output.stderr[:3000]
    words = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    results = iter(
        [[words.get(w) if w in words else float(w) for w in line.split()] for line in output.stdout.splitlines()]
    )
    for case in found:
        case.check([next(results) for _ in case.points], CAREFUL, marked=True)


def function(source: str):
    """The function in a Python source, run with nothing but what it imports itself."""
    scope: dict[str, object] = {}
    for block in source.split("\n\n\n"):
        exec(compiled(block), scope)
    return scope["f"]


@cache
def compiled(block: str) -> CodeType:
    """A part of a Python file: many files have the same helpers."""
    return compile(block, "export", "exec")


def test_python_gives_the_same_bits() -> None:
    """At the ends of the range of floats, those of floats alone, or nan, will do."""
    ends = constants()
    for case in cases() + rows() + ends:
        compute = function(case.source("python"))
        for at, floats, right in zip(case.points, case.expected, case.mended, strict=True):
            value, gradient = compute(**{name: at[name] for name in case.joint.variables})
            assert list(gradient) == list(case.joint.variables)
            numbers = [value, *gradient.values()]
            assert all(type(number) is float for number in numbers), case.text
            same = [[x == x and x for x in each] for each in (numbers, right, floats)]
            allowed = [set(known) for known in zip(*(same[1:] if case in ends else same[1:2]), strict=True)]
            found = zip(same[0], allowed, strict=True)
            assert all(x in known or (x is False and case in ends) for x, known in found), (case.text, at, same)


def columns(case: Case) -> dict[str, list[float]]:
    return {name: [at[name] for at in case.points] for name in case.joint.variables}


def check_arrays(case: Case, compute, array, *, marked: bool = False) -> None:
    """A function of arrays, at all points at once."""
    import numpy as np

    value, gradient = compute(**{name: array(column) for name, column in columns(case).items()})
    outputs = [np.asarray(part, dtype=float) for part in (value, *gradient.values())]
    parts = [np.broadcast_to(part, (len(case.points),)) for part in outputs]
    found = [[float(part[row]) for part in parts] for row in range(len(case.points))]
    case.check(found, STABLE, marked=marked)


def test_numpy() -> None:
    np = pytest.importorskip("numpy")
    for case in cases() + rows() + constants():
        check_arrays(case, function(case.source("numpy")), np.array, marked=True)


def test_jax() -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    for case in cases(without=LACKING["jax"], leaves=6) + rows(LACKING["jax"] | {"gamma", "digamma"}):
        if any(0 < abs(number) < sys.float_info.min for at in case.points for number in at.values()):
            continue  # XLA takes subnormal numbers for 0; JAX has gamma to 12 digits, digamma absolutely
        check_arrays(case, function(case.source("jax")), jax.numpy.array)


def test_torch() -> None:
    torch = pytest.importorskip("torch")
    for case in cases(without=LACKING["torch"]) + rows(LACKING["torch"]):
        check_arrays(case, function(case.source("torch")), lambda column: torch.tensor(column, dtype=torch.float64))


def test_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        lacking = LACKING["sql"]
        for case in cases(without=lacking) + rows(lacking) + constants(lacking, nan=False):
            names = case.joint.variables
            connection.execute(
                f"CREATE OR REPLACE TABLE data ({', '.join(f'{name} DOUBLE' for name in names)}, row INT)"
            )
            for row, at in enumerate(case.points):
                connection.execute(
                    f"INSERT INTO data VALUES ({', '.join('?' * len(names))}, {row})", [at[name] for name in names]
                )
            found = connection.execute(case.source("sql", "data")).fetchall()
            found = sorted(found, key=lambda row: row[len(names)])
            case.check([list(row[len(names) + 1 :]) for row in found], STABLE, nan=False)


SYMBOLIC = frozenset(
    "add sub mul div neg abs sqrt exp log sin cos tan sinh cosh tanh atan asinh erf erfc square cbrt pow softplus"
    " sigmoid silu gelu relu max min where lt ge eq and or not hypot expm1 log1p normal_pdf normal_cdf logaddexp"
    " sign".split()
)


def test_sympy() -> None:
    sympy = pytest.importorskip("sympy")
    checked = 0
    for case in cases(only=SYMBOLIC, leaves=4):
        scope: dict[str, object] = {}
        exec(compile(case.source("sympy"), "export", "exec"), scope)
        formulas = [scope["value"], *scope["gradient"].values()]  # type: ignore[attr-defined]
        for at, expected in zip(case.points, case.expected, strict=True):
            if not all(map(math.isfinite, expected)):
                continue
            put = {scope[name]: sympy.Rational(at[name]) for name in case.joint.variables}
            for formula, exact, bound in zip(formulas, expected, case.bounds(at, 1e3), strict=True):
                number = sympy.sympify(formula).subs(put).evalf(25)
                if number is sympy.nan:  # at a kink: what is simplified need not follow the conventions
                    continue
                assert abs(float(number) - exact) <= bound, (case.text, at, number, exact, bound)
                checked += 1
    assert checked > COUNT
