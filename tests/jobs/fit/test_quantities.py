"""Sigmas and weights as numbers, columns and expressions of columns."""

from __future__ import annotations

import pytest

import exprgrad
from exprgrad.errors import DataError, ExprgradError

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
