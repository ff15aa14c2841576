"""A number has the same row, whether the other variables are numbers or one of them is a column."""

from __future__ import annotations

import pytest

from tests.command import exprgrad

LINE = ["--a", "3", "--b", "2"]


def cells(text: str, *options: str) -> list[list[str]]:
    """The rows that `eval` prints into a pipe, the result last."""
    done = exprgrad("eval", text, *LINE, *options)
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


@pytest.mark.parametrize("options", [[], ["--order", "3"], ["--hessian"], ["--jvp", "a=1,b=-2"], ["--all"]])
def test_a_point_and_columns_build_the_same_rows(options: list[str]) -> None:
    *alone, result = cells("k = 2*a^2; k*b + exp(a)", *options)
    *beside, total = cells("k = 2*a^2; k*b + exp(a) + 0*count(x)", "--x", "5,7", *options)
    shown = {name: others for name, *others in beside}
    assert [shown.get(name) for name, *_ in alone] == [others for _, *others in alone]
    assert total[1:] == result[1:]
