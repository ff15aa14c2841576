"""Second derivatives in exported code."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from exprgrad import parse
from exprgrad.jobs.export.export import export
from tests.jobs.export.test_exports import function
from tests.tools import needs

TEXTS = [
    "x^3*y + sin(x*y)",
    "softplus(x*y)/y + gelu(x)",
    "x > y ? x^2*y : y^3",
    "max(x*y, x + y)^2",
    "huber(x - y, 0.5) + logcosh(x*y)",
    "x*__proto__ + y*__proto__^2",
]
AT = {"x": 1.25, "y": 0.5, "__proto__": 2.0}


def used(text: str) -> dict[str, float]:
    return {name: AT[name] for name in parse(text).variables}


def expected(text: str) -> list[float]:
    return [number for row in parse(text).hessian(**used(text)).values() for number in row.values()]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("language", ["python", "numpy", "jax", "torch", "sympy"])
def test_python_and_its_libraries(text: str, language: str) -> None:
    if language != "python":
        pytest.importorskip(language)
    if language == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    result = function(export(parse(text).model, {}, language, hessian=True))(*used(text).values())
    assert [float(number) for row in result[2].values() for number in row.values()] == pytest.approx(expected(text))


@needs("node")
@pytest.mark.parametrize("text", TEXTS)
def test_javascript(text: str, tmp_path: Path) -> None:
    values = ", ".join(map(repr, used(text).values()))
    show = f"console.log(JSON.stringify(Object.values(f({values}).hessian).map((row) => Object.values(row))));"
    (tmp_path / "f.mjs").write_text(export(parse(text).model, {}, "javascript", hessian=True) + show)
    done = subprocess.run(["node", "f.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [number for row in json.loads(done.stdout) for number in row] == pytest.approx(expected(text))


@needs("gcc")
@pytest.mark.parametrize("text", TEXTS)
def test_c(text: str, tmp_path: Path) -> None:
    (tmp_path / "f.c").write_text(export(parse(text).model, {}, "c", hessian=True, main=True))
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["gcc", *flags, "f.c", "-lm", "-o", "f"], cwd=tmp_path, check=True)
    line = [str(tmp_path / "f"), *map(repr, used(text).values())]
    printed = subprocess.run(line, capture_output=True, text=True, check=True).stdout.splitlines()
    numbers = [float(row.split("\t")[1]) for row in printed]
    assert numbers[1 + len(used(text)) :] == pytest.approx(expected(text))
