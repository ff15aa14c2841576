"""`exprgrad.sweep`: the rows of the command, from values as Python has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exprgrad
from exprgrad.columns import memory
from tests.command import exprgrad as command


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"x": "1:2:0.5", "y": [2, 3]}, ["--x", "1:2:0.5", "--y", "2,3"]),
        (
            {"x": (1, 3), "y": "2.0±0.1", "design": "sobol", "n": 8, "seed": 5},
            ["--x", "1:3", "--y", "2.0±0.1", "--design", "sobol", "--n", "8", "--seed", "5"],
        ),
        (
            {"x": np.array([1.0, 2.0]), "y": 2, "wrt": ["x", "y"], "order": 2, "name": "z", "u": {"x": 0.1}},
            [*("--x", "1,2", "--y", "2", "--wrt", "x,y", "--order", "2", "--name", "z", "--u", "x=0.1")],
        ),
    ],
)
def test_rows_are_those_of_the_command(given: dict[str, Any], line: list[str]) -> None:
    header, *rows = command("sweep", "x^2*y", *line).stdout.splitlines()
    found = exprgrad.sweep("x^2*y", **given)
    assert list(found) == header.split("\t")
    assert [tuple(map(float, row.split("\t"))) for row in rows] == [*zip(*found.values(), strict=True)]


def test_values_with_an_uncertainty_are_uncertain_in_designs_alone() -> None:
    fit = exprgrad.fit("y ~ a*x", {"x": [1, 2, 3], "y": [2.1, 3.9, 6.2]})
    grid = exprgrad.sweep("a*x", x=[1, 2], **fit.parameters)
    assert list(grid) == ["x", "value"]
    assert list(exprgrad.sweep("a*x", x=(1, 2), design="latin", n=4, **fit.parameters)) == ["x", "a", "value"]


def test_files(tmp_path: Path) -> None:
    written = exprgrad.sweep("x*y", x="0:9", y="0:9", output=tmp_path / "rows.parquet", plot=tmp_path / "map.svg")
    assert written.rows == 100
    assert (tmp_path / "map.svg").read_bytes().startswith(b"<?xml")
    bars = exprgrad.sweep("x*y", x="1:3", y="1:2", plot=f"tornado:{tmp_path / 'bars.svg'}")
    assert bars["input"] == ["x", "y"]
    assert bars["most"] == [4.5, 4.0]
    assert (tmp_path / "bars.svg").exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"x": [1, 2]}, "no value for y"),
        ({"x": 1, "y": 2}, "nothing is swept"),
        ({"x": "3:1", "y": 2}, "x: steps of 1 do not lead from 3 to 1"),
        ({"x": (1, 1), "y": 2}, "x: the range has one number alone"),
        ({"x": [], "y": 2}, "x: the list is empty"),
        ({"x": [1, float("nan")], "y": 2}, "x: number 2 of the list is not finite"),
        ({"x": [1, 2], "y": "1.0±0.1"}, "y is a distribution, and a grid has lists and ranges"),
        ({"x": [1, 2], "y": 2, "n": 4}, "n is for the designs latin and sobol"),
        ({"x": [1, 2], "y": 2, "design": "random"}, "design is 'grid', 'latin' or 'sobol', not 'random'"),
        ({"x": [1, 2], "y": 2, "plot": "map"}, "the name map tells no format of pictures"),
        ({"x": [1, 2], "y": 2, "plot": "-"}, "the name - tells no format of pictures"),
        ({"x": [1, 2], "y": 2, "format": "csv"}, "format is that of a file"),
        ({"x": [1, 2], "y": 2, "desing": "latin"}, "sweep has no keyword desing; did you mean design?"),
        ({"x": "0:99999", "y": "0:9999"}, "rows do not fit into memory"),
    ],
)
def test_what_cannot_be_is_said(given: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "half_of_memory", lambda: 1 << 30)
    with pytest.raises(exprgrad.ExprgradError) as caught:
        exprgrad.sweep("x*y", **given)
    assert says in str(caught.value)
    assert "--" not in str(caught.value)


def test_rows_without_a_number_are_told() -> None:
    with pytest.warns(exprgrad.DataNote, match="value: nan or infinite in 1 of 2 rows, first in row 1"):
        exprgrad.sweep("log(x)", x=[-1, 1])
