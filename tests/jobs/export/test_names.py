"""Names of the user's that a target reserves or cannot write, and what targets lack."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from exprgrad import UsageError, parse
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export.export import export
from exprgrad.jobs.export.languages import LANGUAGES
from tests.command import exprgrad
from tests.jobs.export.test_exports import LACKING, function
from tests.tools import needs

HOSTILE = "int*α + lambda_*é + gradient*value + exp(x)*t1 + add*two_sum + main_*class_ + σ2*gamma + log1p(f)/_x"
"""Variables whose names mean something to some target, with helpers that want the same names."""


def test_hostile_names_in_python() -> None:
    text = "del_*lambda_ + exp(math)*exp_ + t1*gradient/value + abs_^two_sum"
    expression = parse(text)
    at = {name: 0.5 + k for k, name in enumerate(expression.variables)}
    value, gradient = function(export(expression.model, {}, "python"))(*at.values())
    assert value == expression.evaluate(**at)
    assert gradient == expression.gradient(**at)


@needs("gcc", "node")
def test_hostile_names_in_c_and_javascript(tmp_path: Path) -> None:
    expression = parse(HOSTILE)
    at = {name: 0.5 + k / 8 for k, name in enumerate(expression.variables)}
    expected = [expression.evaluate(**at), *expression.gradient(**at).values()]
    numbers = [repr(number) for number in at.values()]
    source = export(expression.model, {}, "c", main=True)
    assert "Renamed here: int is int_, α is alpha, é is e, gradient is gradient_" in source
    (tmp_path / "f.c").write_text(source)
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run(["gcc", *flags, "f.c", "-lm", "-o", "f"], cwd=tmp_path, check=True)
    printed = subprocess.run([tmp_path / "f", *numbers], capture_output=True, text=True, check=True).stdout
    assert [float(line.split("\t")[1]) for line in printed.splitlines()] == pytest.approx(expected, rel=1e-13)
    script = export(expression.model, {}, "javascript")
    show = f"const r = f({', '.join(numbers)}); console.log([r.value, ...Object.values(r.gradient)].join(' '));"
    (tmp_path / "f.mjs").write_text(script + show)
    done = subprocess.run(["node", "f.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [float(word) for word in done.stdout.split()] == pytest.approx(expected, rel=1e-13)


def test_columns_that_differ_in_case_alone_are_refused() -> None:
    with pytest.raises(UsageError, match="X and x are one column in SQL"):
        export(parse("X*x").model, {}, "sql")


@pytest.mark.parametrize(
    ("language", "name"), [(key, name) for key, names in LACKING.items() for name in sorted(names)]
)
def test_what_a_target_lacks_is_said(language: str, name: str) -> None:
    operands = ["2" if operand == "n" else operand for operand in FUNCTIONS[name].operands]
    with pytest.raises(UsageError, match=f"{language} has no function"):
        export(parse(f"{name}({', '.join(operands)})").model, {}, language)


def test_every_target_has_an_answer_for_every_function_it_is_said_to_have() -> None:

    from tests.expressions import call

    for language in LANGUAGES:
        for name, row in FUNCTIONS.items():
            if row.mixes or name in LACKING.get(language, ()):
                continue
            text = export(parse(call(name, ["x", "y", "z"][: len(row.operands)])).model, {}, language)
            assert text.endswith("\n")


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_large_graph_is_exported_or_refused_in_one_line(language: str) -> None:
    deep = "x = 1.1*w;" + "".join(f"x{k + 1} = x{k}*y + sin(x{k});" for k in range(400)).replace("x0", "x") + "x400"
    done = exprgrad("export", deep, "--format", language)
    refused = language in ("latex", "mathml")
    assert done.returncode == (4 if refused else 0), done.stderr
    assert len(done.stderr.splitlines()) == (1 if refused else 0)


def test_a_name_that_can_stay_is_not_taken_by_another() -> None:
    source = export(parse("α*alpha").model, {}, "c")
    assert "double f(double alpha_, double alpha, double gradient[2])" in source
    assert "Renamed here: α is alpha_." in source


def test_a_table_of_sql_has_a_name_that_can_be_printed() -> None:
    with pytest.raises(UsageError, match="cannot name a table"):
        export(parse("x").model, {}, "sql", name="a\nDROP TABLE b; --")
