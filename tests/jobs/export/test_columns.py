"""Reductions over columns, in the targets that fold them."""

from __future__ import annotations

import math

import pytest

from exprgrad import parse
from exprgrad.jobs.export.export import export
from tests.handing import evaluated
from tests.jobs.export.test_exports import function

ROWS: dict[str, list[float]] = {"x": [1.0, 2.5, -3.0, 0.25], "y": [2.0, 4.0, 1.0, -0.5]}
AT: dict[str, float] = {"w": 1.5, "b": -0.25}
TEXTS = [
    "mean((w*x + b - y)^2)",
    "sum(w*x) + prod(1 + b*y)",
    "var(w*x) + std(b*y, 1)",
    "norm(w*x - b)",
    "logsumexp(w*x + b)",
    "max(w*x) - min(b*y)",
    "count(x)*w + b",
    "mean((w*x - mean(w*x))^2) + b",
]


def expected(text: str) -> list[float]:
    record = evaluated(parse(text), {name: at for name, at in {**ROWS, **AT}.items() if name in parse(text).variables})
    return [record.rows[-1].value, *(record.gradient[name] for name in AT)]  # type: ignore[list-item]


def exported(text: str, language: str) -> str:
    columns = [name for name in ROWS if name in parse(text).variables]
    return export(parse(text).model, {}, language, wrt=list(AT), columns=columns)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("language", ["numpy", "jax", "torch"])
def test_arrays(text: str, language: str) -> None:
    pytest.importorskip(language)
    if language == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    np = pytest.importorskip("numpy")
    columns = {name: np.array(column) for name, column in ROWS.items() if name in parse(text).variables}
    value, gradient = function(exported(text, language))(**AT, **columns)
    assert [float(x) for x in (value, *gradient.values())] == pytest.approx(expected(text), rel=1e-13)


@pytest.mark.parametrize("text", TEXTS)
def test_sql(text: str) -> None:
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE data (x DOUBLE, y DOUBLE)")
        connection.executemany("INSERT INTO data VALUES (?, ?)", list(zip(*ROWS.values(), strict=True)))
        *macros, select = exported(text, "sql").strip().rstrip(";").split(";\n")
        for macro in macros:
            connection.execute(macro)
        (row,) = connection.execute(select, AT).fetchall()
    assert all(math.isfinite(x) for x in row)
    assert list(row) == pytest.approx(expected(text), rel=1e-13)


def test_derivatives_by_a_column_stand_in_each_row() -> None:
    np = pytest.importorskip("numpy")
    compute = function(export(parse("sum(w*x^2)").model, {}, "numpy", wrt=["x"], columns=["x"]))
    value, gradient = compute(w=2.0, x=np.array([1.0, 2.0, 3.0]))
    assert value == 28.0
    assert gradient["x"].tolist() == [4.0, 8.0, 12.0]
