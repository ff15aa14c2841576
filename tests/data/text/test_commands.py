"""Files that no option reads: the command of the shell that the error gives makes a table of them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from exprgrad.data.table import open_table
from exprgrad.errors import DataError
from tests.data.tables import read

FILES = [
    ("markdown", "| t | y |\n|---|---:|\n| 0 | 1.5 |\n| 1 | 2.5 |\n", "y"),
    ("org", "| t | y |\n|---+---|\n| 0 | 1.5 |\n| 1 | 2.5 |\n", "y"),
    ("psql", " t | y \n---+---\n 0 | 1.5\n 1 | 2.5\n(2 rows)\n", "y"),
    ("mysql", "+---+-----+\n| t | y   |\n+---+-----+\n| 0 | 1.5 |\n| 1 | 2.5 |\n+---+-----+\n", "y"),
    ("lines", "-------------\n  t      y\n-------------\n 0.0    1.5\n 1.0    2.5\n-------------\n", "y"),
    ("two headers", "t,y\n0,1.5\nt,y\n1,2.5\n", "y"),
    ("two headers in blanks", "t y\n0 1.5\n\n\nt y\n1 2.5\n", "y"),
    ("two headers, far", "t,y\n" + "0,0\n" * 500 + "0,1.5\nt,y\n1,2.5\n", "y"),
    ("remarks in blanks", "t y\n0 1.5\n1 2.5 # bad\n", "y"),
    ("remarks in commas", "t,y\n0,1.5 // first one\n1,2.5\n", "y"),
    ("exponents without a letter", " 1.5 1.5+000\n 2.5 2.5+000\n", "c2"),
    ("numbers that touch", "  1.0-1.5\n  2.0 5.5\n", "c2"),
    ("a total in quotes", 't,y\n0,1.5\n1,2.5\n"Total",4\n', "y"),
    ("a total behind blanks", "  t  y\n  0  1.5\n  1  2.5\n  Total  4\n", "y"),
    ("a total behind blanks, far", "  t  y\n" + "  0  0\n" * 500 + "  1  4\n  Total  4\n", "y"),
    ("a total in quotes behind blanks", '  t  y\n  0  1.5\n  1  2.5\n  "Total"  4\n', "y"),
    ("the end behind a tab, far", "t y\n" + "0 0\n" * 500 + "1 4\n\tEND 0\n", "y"),
    ("a total beside comments", "# by hand\nt,y\n0,1.5\n1,2.5\nTotal,4\n", "y"),
]


@pytest.mark.parametrize(("what", "content", "column"), FILES, ids=[row[0] for row in FILES])
def test_the_command_makes_a_table(what: str, content: str, column: str, tmp_path: Path) -> None:
    path = tmp_path / "d.txt"
    path.write_text(content)
    with pytest.raises(DataError) as raised:
        read(open_table([str(path)]), [column])
    command = re.search(r"((?:sed|awk|grep) .*)FILE \|", str(raised.value))
    assert command
    done = subprocess.run(command[1], input=content, shell=True, capture_output=True, text=True, check=True)
    path.write_text(done.stdout)
    table = open_table([str(path)])
    (name,) = (name for name in table.header if name.strip() == column)
    assert sum(read(table, [name])[name].tolist()) == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("##TITLE=a\n##JCAMP-DX=4.24\n##XYDATA=(X++(Y..Y))\n400 0.1 0.2\n402 0.3 0.4\n##END=\n", "JCAMP-DX"),
        ("# vtk DataFile Version 3.0\nmesh\nASCII\n1.0 2.0\n", "VTK"),
    ],
)
def test_texts_of_other_programs(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text(content)
    with pytest.raises(DataError, match=said):
        open_table([str(tmp_path / "d.txt")])
