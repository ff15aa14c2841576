"""What is drawn of sweeps: the numbers are those of the expression, in panels that fit any terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import inf, nan

import numpy as np
import pytest

from exprgrad.columns.values import Column
from exprgrad.jobs.sweep.axes import Axis
from exprgrad.jobs.sweep.picture import MULTIPLES, Heat, Lines, picture
from exprgrad.jobs.sweep.read import axis
from exprgrad.jobs.sweep.tornado import tornado
from exprgrad.render.pictures.screen import Screen
from exprgrad.render.pictures.sweep.terminal import bars, drawn

CODES = re.compile(r"\x1b\[[0-9;]*m")


def _axes(**texts: str) -> dict[str, Axis]:
    found = {name: axis(text, f"--{name}") for name, text in texts.items()}
    return {name: each for name, each in found.items() if isinstance(each, Axis)}


def _of(columns: Mapping[str, Column]) -> Sequence[Column]:
    """x + 10*y + 100*z, of those that there are."""
    return [sum(10.0**k * np.asarray(columns[name]) for k, name in enumerate(columns))]  # type: ignore[list-item]


def test_lines_have_one_for_each_number_of_a_list() -> None:
    (panel,) = picture(_axes(x="0:2", y="1,3"), ["value"], _of).panels
    assert isinstance(panel, Lines)
    assert [(label, list(values)) for label, values in panel.lines] == [
        ("y = 1", [10.0, 11.0, 12.0]),
        ("y = 3", [30.0, 31.0, 32.0]),
    ]


def test_a_map_has_the_first_range_across_and_the_second_upwards() -> None:
    for k, panel in enumerate(picture(_axes(x="0:2", z="5,7", y="1:2"), ["value"], _of).panels):
        assert isinstance(panel, Heat)
        assert (panel.across, panel.up, panel.title) == ("x", "y", f"z = {(5, 7)[k]}")
        z = 10 * (5, 7)[k]
        assert list(panel.values) == [z + 100 * y + x for y in (1, 2) for x in range(3)]


def test_there_are_never_more_panels_than_are_said() -> None:
    found = picture(_axes(x="0:999", y="0:999", z="0:99", w="1,2,3"), ["value"], _of)
    assert len(found.panels) <= MULTIPLES
    assert any("of the 100 numbers of z are drawn" in note for note in found.notes)


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(("colours", "unicode"), [(False, False), (False, True), (True, False), (True, True)])
@pytest.mark.parametrize("values", [[0.0, 1.0], [nan, inf], [1e308, -1e308], [3.0, 3.0]])
def test_pictures_fit_the_terminal(columns: int, colours: bool, unicode: bool, values: list[float]) -> None:
    axes, screen = _axes(x="0:9", y="1:4", z="1,2"), Screen(columns, 18, colours, unicode)
    shown = drawn(picture(axes, ["value"], lambda given: [np.resize(values, len(given["x"]))]), screen)
    shown += bars(tornado(axes, ["value"], lambda given: [np.resize(values, len(given["x"]))]), screen)
    assert max(len(CODES.sub("", line)) for line in shown.splitlines()) <= columns
    assert unicode or shown.isascii()
    assert colours == ("\x1b" in shown)


def test_a_tornado_moves_one_variable_at_a_time() -> None:
    axes = _axes(x="-1:3", y="5,6,9", z="normal(1, 0.1)")
    found = tornado(axes, ["value"], lambda given: [given["x"] ** 2 + given["y"] * given["z"]])
    assert found.middle == {"value": 1.0 + 6.0}
    x, y, z = (next(bar for bar in found.bars if bar.input == name) for name in "xyz")
    assert [bar.input for bar in found.bars] == ["x", "y", "z"]
    assert (x.at_low, x.at_high, x.most) == (7.0, 15.0, 15.0)
    assert x.least == pytest.approx(6.0, abs=0.01)  # on the way, at x = 0
    assert (y.at_low, y.at_high) == (6.0, 10.0)
    assert z.high == pytest.approx(1.1959963984540054, rel=1e-12)  # the quantile of 0.975
