"""A text in any dialect, divided among workers: the rows of one machine, the same notes, and the same errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.cluster.backend import Resident
from exprgrad.cluster.connect import connected
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.settings import Settings
from exprgrad.data.parts.divide import divide
from exprgrad.data.read_options import FROM_THE_FILE, ReadOptions
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table
from exprgrad.data.text import lines
from exprgrad.errors import DataError
from tests.handing import evaluated

ROWS = range(300)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Connection]:
    with connected(Settings("local:2"), lambda note: None) as connection:
        yield connection


def text(row: str, before: str = "x,y\n", after: str = "") -> str:
    """A row for each number, of which `{k}` and `{h}` are the number and its half, `{c}` that with a comma."""
    half = [f"{k / 2}" for k in ROWS]
    rows = (row.format(k=k, h=h, c=h.replace(".", ","), d=k % 28 + 1) for k, h in zip(ROWS, half, strict=True))
    return before + "".join(rows) + after


FILES: list[tuple[str, str | bytes, ReadOptions]] = [
    ("commas", text("{k},{h}\n"), FROM_THE_FILE),
    ("blanks", text("  {k}   {h} \n", "# x  y\n"), FROM_THE_FILE),
    ("no header", text("{k}\t{h}\n", ""), FROM_THE_FILE),
    ("semicolons", text("{k};{c}\n", "x;y\n"), FROM_THE_FILE),
    ("comments between", text("{k} {h}\n% it's 5\" long\n", "x y\n"), FROM_THE_FILE),
    ("titles, units, trailing", text("{k};{c};\n", "a title\nx;y;\ns;V;\n"), FROM_THE_FILE),
    ("quotes", text('"{k}","{h}","a ""b""\n,c"\n', "x,y,n\n"), FROM_THE_FILE),
    ("CR", text("{k},{h}\r", "x,y\r"), FROM_THE_FILE),
    ("Windows-1252", text("{k},{h},é\n", "x,y,°\n").encode("cp1252"), FROM_THE_FILE),
    ("UTF-16", text("{k},{h}\n").encode("utf-16"), FROM_THE_FILE),
    ("exponents", text("{k} {h}D+00\n", "x y\n"), FROM_THE_FILE),
    ("beyond 2^53", text("{k},900719925474099{k}1\n"), FROM_THE_FILE),
    ("days", text("2020-01-{d:02},{h}\n"), ReadOptions(times=(("x", "d"),))),
    ("times", text("2020-01-01 00:{d:02}:00,{h}\n"), FROM_THE_FILE),
    ("names", text("{k},{h}\n", "1,2\n"), ReadOptions(names=("x", "y"), skip_lines=1)),
    ("missing", text("{k},{h}\n-9,1\n"), ReadOptions(missing=("-9",))),
    ("thousands", text("{k}.{k:03},{h:.1}\n", "x;y\n").replace(",", ";"), ReadOptions(thousands=".", decimal=",")),
    ("percent", text("{k} %,{h}%\n"), ReadOptions(percent=True)),
    ("a total", text("{k},{h}\n", after="Total,9\n"), FROM_THE_FILE),
    ("a total left out", text("{k},{h}\n", after="Total,9\n"), ReadOptions(comment="Total")),
    ("a total of names", text("a{k},{h}\n", "n,y\n", after="Total,9\n"), FROM_THE_FILE),
    ("a bad row", text("{k},{h}\n", after="7,8,9\n"), FROM_THE_FILE),
]


def outcome(path: Path, options: ReadOptions, connection: Connection | None) -> tuple[str, list[str]]:
    """The value and the notes, or the error."""
    try:
        table = open_table([str(path)], nulls="nan", options=options)
        last = table.header[1]
        sums = {"y": last} if table.header[0] in ("n",) else {"x": table.header[0], "y": last}
        expression = exprgrad.parse("mean(x*y) + count(x) + max(y)" if "x" in sums else "sum(y)")
        parts = divide(table)
        assert len(parts) > 3 or path.read_bytes()[:2] == b"\xff\xfe"
        resident = Resident(connection, parts, sums, "nan", tell=table.found.add) if connection else None
        found = evaluated(expression, {}, data=TableSource(table, sums), engine=Engine("auto", cluster=resident))
        return repr(found), table.told
    except DataError as error:
        return str(error), []


@pytest.mark.parametrize(("what", "content", "options"), FILES, ids=[row[0] for row in FILES])
def test_the_rows_are_those_of_one_machine(
    cluster: Connection,
    what: str,
    content: str | bytes,
    options: ReadOptions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "PART", 700)
    path = tmp_path / "d.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    alone = outcome(path, options, None)
    assert outcome(path, options, cluster) == alone
    assert ("row 301" in alone[0]) == (what in ("a total", "a total of names", "a bad row"))
    assert bool(alone[1]) == (what in ("beyond 2^53", "days", "times"))
