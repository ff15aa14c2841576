"""No border breaks: every command on terminals of 80 and of 40 columns, and any sheet on any paper."""

from __future__ import annotations

import io
import re
import shlex
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from exprgrad.cli.app import COMMANDS
from exprgrad.cli.process import execute
from exprgrad.render.layout import FRAME, Paper, lay_out
from exprgrad.render.sheet import Cell, Sheet, cell_text, derivative
from exprgrad.text.source import SourceText, Span, excerpt, narrowed

LONG = "a_long_name*sin(another_name)^2 + exp(-a_long_name/3) + log(1 + another_name^4)"
LINES = [
    'eval "a*b+c" --a 3.123456789 --b 2 --c 5',
    'eval "u=a*b; v=u/c; L=v*d; L" --a 3 --b 2.123456789 --c 7 --d 5 --all',
    f'eval "{LONG}" --a_long_name 3.123456789 --another_name 1e-300',
    f'eval "{LONG}" --a_long_name 3.123456789 --another_name 1e-300 --hessian --order 4 --jvp a_long_name=1',
    f'eval "{LONG}" --a_long_name 3.123456789',
    f'eval "{LONG}" --hessian',
    'eval "sqrt(x)*y + z" --x 1:2:0.01 --y 5.123456789 --z 1,2 --wrt x',
    'eval "sqrt(x)*y" --x 1:2:0.01 --y 5.123456789 --wrt x --digits 17',
    'eval "a +* b"',
    'eval "a + a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a + sin(a, a) + a*a*a*a*a*a*a*a*a*a*a*a*a"',
    'eval "1/(x - x) + a + a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a" --x 1 --a 2',
    'diff "x^2*sin(x)*exp(y)*z"',
    f'diff "{LONG}" --hessian',
    'check "tanh(x)*y" --x 20.123456789 --y 3',
    f'check "{LONG}" --a_long_name 3 --another_name 2',
    'explain "u=a*b; v=u+c; L=v*d" --a 3.123456789 --b 2 --c 5 --d 5',
    'explain "relu(x1*w1)+gelu(x2*w2)" --x1 0 --x2 5 --w1 3 --w2 1',
    "help",
    "help plot",
    "functions",
    "functions gelu",
    "train --epochs 5",
    f'train "({LONG})^2" --a_long_name 1.1 --another_name 1.2 --params a_long_name,another_name --epochs 3',
    f'train "({"+".join(f"w{k}" for k in range(100))})^2" --params w1,w2 --init zeros'
    f" {' '.join(f'--w{k} 0.1' for k in range(100))} --epochs 2",
    'fit "y ~ a*x + b" --x 1,2,3 --y 2.1,3.9,6.2 --plot',
    'fit "y ~ a*exp(-b*t) + c" --t 0,1,2,3,4,5 --y 2.02,1.22,0.74,0.44,0.27,0.17 --a 1 --b 1 --c 0 --correlation',
    'fit "y ~ a*exp(-b*t) + c" --t 0,1,2,3,4,5 --y 2.02,1.22,0.74,0.44,0.27,0.17',
    'fit "y ~ a*exp(-b*t) + c" --t 0,1,2,3,4,5 --y 2.02,1.22,0.74,0.44,0.27,0.17 --fix c=0.01 --robust huber',
    'sensitivity "4*pi^2*long_name/T^2" --long_name "uniform(1, 1.1)" --T "normal(2, 0.1)" --n 64',
    "predict fit.json --x 0:3:0.5",
    f'sweep "{LONG}" --a_long_name 1:2:0.01 --another_name 1,2 --wrt a_long_name --plot',
    'sweep "x*sin(y)*z" --x 1:2:0.1 --y 1:7 --z 1,2,3 --plot',
    f'sweep "{LONG}" --a_long_name 1:2:0.01 --another_name 1.0±0.1 --plot tornado',
    'compare "y ~ a*x" "y ~ a*x + b" fit.json --x 1,2,3,4 --y 2,4,7,9',
    'uncertainty "4*pi^2*L/T^2" --L 1.000±0.002 --T "2.006(5)" --explain',
    'plot "sin(x)/x" --x 0:20 --order 1',
    f'plot "{LONG}" --a_long_name 0:1 --another_name 2',
    'graph "u=a*b; L=u+c" --a 3.123456789 --b 2 --c 5',
    'export "a*x^2" --format c',
    'map "w*x" --w 3 --data points.csv',
    "columns points.csv",
    "columns named.csv",
    f'check "{LONG}" --a_long_name 3 --another_name 2 --against "cos(a_long_name)*sin(another_name)^2"'
    " --wrt a_long_name",
]
NAMED = """\
Systolic pressure (mmHg),Diastolic pressure (mmHg),id
120,80.25,1
"""
KEPT = {
    "columns named.csv": ["Systolic_pressure_mmHg", "Diastolic_pressure_mmHg"],
    LINES[-1]: ["d/da_long_name"],
    'fit "y ~ a*exp(-b*t) + c" --t 0,1,2,3,4,5 --y 2.02,1.22,0.74,0.44,0.27,0.17': ["0.999973", "0.999955"],
}
"""What a table is for is in one piece, however narrow it is."""
BORDERS = ("╭", "│", "├", "╰")


class Terminal(io.TextIOWrapper):
    """What a command takes for a terminal."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8")

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return re.sub("\x1b\\[[0-9;]*m", "", buffer.getvalue().decode())


def shown(line: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command shows on a terminal, on both streams."""
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        patch.setattr(sys, "stderr", terminal)
        patch.setenv("TERM", "xterm")
        patch.setenv("COLUMNS", str(columns))
        execute(shlex.split(line))
    return terminal.text()


def broken(text: str, columns: int) -> list[str]:
    """The lines of tables that are too wide, or whose borders do not stand below those above them."""
    found, places = [], list[int]()
    for line in text.splitlines():
        if not line.startswith(BORDERS):
            continue
        if line.startswith("╭"):
            places = _places(line)
        if cell_len(line) > columns or _places(line) != places:
            found.append(line)
    return found


def _places(line: str) -> list[int]:
    """Where the borders between cells stand."""
    return [cell_len(line[:k]) for k, character in enumerate(line) if character in "╭┬╮│├┼┤╰┴╯"]


def test_every_command_has_a_line() -> None:
    assert {line.split()[0] for line in LINES} == set(COMMANDS)


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:40])
def test_no_border_breaks(line: str, columns: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("x\n1.123456789\n2\n")
    (tmp_path / "named.csv").write_text(NAMED)
    monkeypatch.chdir(tmp_path)
    if "fit.json" in line:
        assert execute(shlex.split('fit "y ~ a*x + b" --x 1,2,3,4 --y 2,4,7,9 -q -o fit.json')) == 0
    text = shown(line, columns, monkeypatch)
    assert text, "it shows something"
    assert not broken(text, columns)
    assert all(word in text for word in KEPT.get(line, ()))
    rows = text.splitlines()
    places = [k for k, row in enumerate(rows) if re.fullmatch(" +\\^+", row)]
    assert all(cell_len(row) <= columns for k in places for row in rows[k - 1 : k + 1])


NUMBERS = st.floats(allow_subnormal=False)
CELLS = st.one_of(NUMBERS, st.integers(), st.text(max_size=60), st.lists(NUMBERS, min_size=1, max_size=9))


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Sheets with a name in front, and columns of anything."""
    header = tuple(f"{name}{k}" for k, name in enumerate(draw(st.lists(st.text("ab c", max_size=12), max_size=8))))
    rows: list[tuple[Cell, ...]] = [
        (draw(st.text(max_size=40)), *(draw(CELLS) for _ in header)) for _ in range(draw(st.integers(0, 4)))
    ]
    return Sheet(("name", *header), rows, labels=("name",))


@given(
    sheets(), st.integers(20, 120), st.sampled_from([None, 6, 17]), st.booleans(), st.sampled_from(["utf-8", "ascii"])
)
def test_a_grid_is_no_wider_than_its_paper(
    sheet: Sheet, width: int, digits: int | None, fixed: bool, code: str
) -> None:
    grid = lay_out(sheet, Paper(width, code), digits, fixed=fixed and digits is not None)
    needed = sum(grid.widths) + FRAME * len(grid.widths) + 1
    assert needed <= width or len(grid.widths) <= 2
    assert len(grid.header) + len(grid.hidden) == len(sheet.header)
    for column in grid.columns:
        assert code == "utf-8" or all(text.isascii() for text in column)
    for heading, column, room in zip(grid.header, grid.columns, grid.widths, strict=True):
        cells = [row[sheet.header.index(heading)] for row in sheet.rows]
        folded = [cell for cell, text in zip(cells, column, strict=True) if cell_len(text) > room]
        assert all(isinstance(cell, str) for cell in folded), "no number is folded"


@given(st.floats(allow_nan=False), st.integers(1, 17))
def test_digits_are_significant_digits(number: float, digits: int) -> None:
    text = cell_text(number, digits)
    assert len(re.sub("e.*|[-.]", "", text).strip("0")) <= digits or not re.search("[0-9]", text)
    assert float(text) == float(f"{number:.{digits}g}")
    assert cell_text(derivative(0.0 * number), digits) in ("0", "nan")


@given(st.text("ab漢 ", min_size=1, max_size=90), st.data(), st.integers(20, 90))
def test_carets_stay_below_their_place(text: str, data: st.DataObject, width: int) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    found = excerpt(SourceText(text), Span(start, start + 1))
    line, carets = narrowed(found, width).split("\n")
    assert max(cell_len(line), cell_len(carets)) <= width
    place, at = carets.index("^"), 0
    for character in line:
        if at >= place:
            break
        at += cell_len(character)
    assert (at, character) == (place, text[start])
