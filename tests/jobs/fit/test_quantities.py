"""Sigmas and weights as numbers, columns and expressions of columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import exprgrad
from exprgrad.errors import DataError, ExprgradError, UsageError
from tests.command import exprgrad as command

COLUMNS = {"x": [1.0, 2, 3, 4], "y": [2.1, 3.9, 6.2, 7.7], "s": [0.1, 0.2, 0.1, 0.4]}


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("2*s", [0.2, 0.4, 0.2, 0.8]),
        ("0.02*y + 0.1", [0.02 * y + 0.1 for y in COLUMNS["y"]]),
        ("s/mean(s)", [value / 0.2 for value in COLUMNS["s"]]),
        ("max(y)", [7.7] * 4),
        (0.25, [0.25] * 4),
    ],
)
def test_what_is_said_of_rows_is_the_column_that_it_makes(text: str | float, column: list[float]) -> None:
    for option in ("sigma", "weights"):
        absolute = option == "sigma"
        said = exprgrad.fit("y ~ a*x + b", COLUMNS, absolute=absolute, **{option: text})  # type: ignore[arg-type]
        given = {**COLUMNS, "q": column}
        as_column = exprgrad.fit("y ~ a*x + b", given, absolute=absolute, **{option: "q"})  # type: ignore[arg-type]
        assert [*said.parameters["a"]] == pytest.approx([*as_column.parameters["a"]], rel=1e-12)


@pytest.mark.parametrize("said", [{"sigma": "2*s"}, {"weights": "s"}, {"sigma": "s", "sigma_x": {"x": "s/2"}}])
def test_a_column_beside_the_formula_may_be_a_keyword(said: dict[str, Any]) -> None:
    """As it may be an option of the command."""
    keywords: dict[str, Any] = {**COLUMNS, **said}
    fit: Any = exprgrad.fit
    assert fit("y ~ a*x + b", **keywords).parameters == fit("y ~ a*x + b", COLUMNS, **said).parameters


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("sigma", "y - 3.9", r"the sigma y - 3.9 is -1.79+8? \(row 1"),
        ("weights", "x - 3", r"the weight x - 3 is -2 \(row 1"),
        ("weights", "1/(x - 2)^0.5", r"the weight 1/\(x - 2\)\^0.5 is nan \(row 1"),
        ("sigma", -1, "the sigma is -1; a sigma is a finite number above 0"),
        ("sigma", "0.1*k", "no column .?k"),
        ("sigma", [1.0, 2.0], 'sigma takes the name of a column, not its numbers; write sigma="s"'),
    ],
)
def test_what_is_wrong_with_them(option: str, text: object, message: str) -> None:
    with pytest.raises((ExprgradError, DataError), match=message):
        exprgrad.fit("y ~ a*x + b", COLUMNS, **{option: text})  # type: ignore[arg-type]


@pytest.mark.parametrize(("option", "text"), [("sigma", "nosuch"), ("weights", "sqrt(nosuch)")])
def test_a_column_that_is_not_there_is_the_line_s_mistake(option: str, text: str, tmp_path: Path) -> None:
    """By every door the same kind of error, and the exit code of a wrong line."""
    columns = {"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 4.0]}
    file = tmp_path / "data.csv"
    file.write_text("x,y\n1,1\n2,2\n3,4\n")
    tables: list[Any] = [columns, file, exprgrad.read(file)]
    for table in tables:
        with pytest.raises(UsageError, match=r"no column nosuch"):
            exprgrad.fit("y ~ a*x", table, **{option: text})
    for line in (["--data", str(file)], ["--x", "1,2,3", "--y", "1,2,4"]):
        found = command("fit", "y ~ a*x", *line, f"--{option}", text)
        assert (found.returncode, found.stdout) == (2, "")
        assert "nosuch" in found.stderr
