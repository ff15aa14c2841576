"""A data format is one row and one file: added at run time, it is read with --data and written with -o."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exprgrad.cli.process import execute
from exprgrad.data.formats import registry
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import open_table
from exprgrad.errors import DataError, UsageError
from tests.data import blanks
from tests.data.tables import read

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-data-format.md"


@pytest.fixture(autouse=True)
def _blanks() -> Iterator[None]:
    registry.register(blanks.BLANKS)
    yield
    del registry.FORMATS["blanks"]


def test_the_page_shows_this_file() -> None:
    """Each block of the page is a section of the file, and together they are all of its code."""
    shown = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    code = Path(blanks.__file__).read_text("utf-8")
    for block in shown:
        assert block in code
    assert sum(block.count("\n") for block in shown) > code.count("\n") * 0.8


def test_it_is_read_and_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data, out = tmp_path / "in.blanks", tmp_path / "out.blanks"
    data.write_text("x y\n1 2\n3 4.5\n")
    assert execute(["eval", "mean(x*y)", "--data", str(data), "--value"]) == 0
    assert execute(["map", "x*y", "--data", str(data), "-o", str(out)]) == 0
    assert capfd.readouterr().out == "7.75\n"
    assert out.read_text() == "x y value\n1.0 2.0 2.0\n3.0 4.5 13.5\n"


def test_it_is_compressed_and_comes_through_a_pipe(tmp_path: Path) -> None:
    packed = tmp_path / "d.blanks.gz"
    (tmp_path / "d.csv").write_text("x,y\n1,2\n")
    assert execute(["map", "x+y", "--data", str(tmp_path / "d.csv"), "-o", str(packed)]) == 0
    assert packed.read_bytes().startswith(b"\x1f\x8b")
    assert read(open_table([str(packed)]), ["value"])["value"].tolist() == [3]


def test_the_bytes_tell_it_where_the_name_does_not(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text("# blanks\nx\n5\n")
    assert read(open_table([str(path)]), ["x"])["x"].tolist() == [5]


def test_a_bad_number_has_its_row(tmp_path: Path) -> None:
    path = tmp_path / "d.blanks"
    path.write_text("x y\n1 2\n3 four\n")
    with pytest.raises(DataError, match=r'd.blanks, row 2, column "y": "four" is not a number'):
        read(open_table([str(path)]), ["y"])


def test_messages_name_it() -> None:
    with pytest.raises(UsageError, match=r"no such data format: hdf; give csv, .*, duckdb or blanks"):
        open_table([__file__], options=ReadOptions(format="hdf"))


def test_a_name_and_a_suffix_can_be_taken_once() -> None:
    with pytest.raises(ValueError, match="the format blanks has the name or a suffix of blanks"):
        registry.register(blanks.BLANKS)
    with pytest.raises(ValueError, match="the format other has the name or a suffix of csv"):
        registry.register(blanks.BLANKS._replace(name="other", suffixes=(".csv",)))
