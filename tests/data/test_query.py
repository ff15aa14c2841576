"""Queries in SQL over data files."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest

from exprgrad.data.opened import opened
from exprgrad.data.parts.divide import divide
from exprgrad.data.query import open_query
from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import open_table
from exprgrad.data.text import batches
from exprgrad.errors import DataError, ExitCode, ExprgradError, LimitError, MissingError, UsageError
from tests.data.tables import pipe, read, write

pytest.importorskip("duckdb")


@pytest.fixture
def data(tmp_path: Path) -> str:
    path = tmp_path / "d.csv"
    path.write_text("x,g,day\n1,a,2024-01-01\n2,b,2024-01-02\n4.5,a,\n")
    return str(path)


ANSWERS = {
    "filter": ("SELECT x FROM data WHERE g = 'a'", {"x": [1, 4.5]}),
    "groups": ("SELECT g, sum(x) AS x, count(*) AS n FROM data GROUP BY g ORDER BY g", {"x": [5.5, 2], "n": [2, 1]}),
    "window": ("SELECT sum(x) OVER (ORDER BY x) AS s FROM data", {"s": [1, 3, 7.5]}),
    "twice": ("SELECT sum(a.x) AS s FROM data a, data b", {"s": [22.5]}),
    "decimal": (
        "SELECT x::DECIMAL(10, 2) AS d, x > 1 AS b, 2::HUGEINT AS h FROM data",
        {"d": [1, 2, 4.5], "b": [0, 1, 1]},
    ),
    "record": ("SELECT {'a': x} AS r FROM data -- a comment", {"r.a": [1, 2, 4.5]}),
    "empty": ("SELECT x FROM data WHERE x > 9", {"x": []}),
    "short": ("FROM data", {"x": [1, 2, 4.5]}),
}


@pytest.mark.parametrize(("sql", "expected"), ANSWERS.values(), ids=ANSWERS.keys())
def test_answers(sql: str, expected: dict[str, list[float]], data: str) -> None:
    table = open_query(open_table([data]), sql)
    for _ in range(2):
        assert {name: column.tolist() for name, column in read(table, list(expected)).items()} == expected


REFUSED = {
    "no query": ("SELCT 1", 'the query: Parser Error: syntax error at or near "SELCT"'),
    "unknown": ("SELECT y FROM data", "the query: Binder Error: Referenced column"),
    "two": ("SELECT 1; SELECT 2", "--query takes one SELECT, not 2 statements"),
    "writes": ("COPY data TO 'x.csv'", "--query takes one SELECT, not another statement"),
    "creates": ("CREATE TABLE t AS FROM data", "--query takes one SELECT, not another statement"),
    "installs": ("INSTALL httpfs", "--query takes one SELECT, not another statement"),
    "reads": ("FROM read_csv('/etc/passwd')", "the query: Permission Error: "),
    "reads by name": ("FROM '/etc/passwd'", "the query: Catalog Error: "),
    "lists": ("FROM glob('/*')", "the query: Permission Error: "),
    "variable": ("FROM connection", "the query: Catalog Error: "),
    "cast": ("SELECT g::INT AS n FROM data", "the query: Conversion Error: "),
}


@pytest.mark.parametrize(("sql", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(sql: str, message: str, data: str) -> None:
    with pytest.raises(ExprgradError) as raised:
        read(open_query(open_table([data]), sql), ["n"])
    assert raised.value.exit_code == ExitCode.USAGE
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_names_that_sql_does_not_tell_apart(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("t,T,t_1,x\n1,2,3,4\n")
    table = open_query(open_table([str(path)]), "SELECT t_1_, T_2, t_1 FROM data")
    assert {name: column.tolist() for name, column in read(table, ["t_1_", "T_2", "t_1"]).items()} == {
        "t_1_": [1],
        "T_2": [2],
        "t_1": [3],
    }
    assert table.notes == ['SQL does not tell the columns "t", "T" apart: in the query they are "t_1_", "T_2"']


def test_a_pipe_is_read_once(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"x\n" + b"".join(b"%d\n" % row for row in range(20_000))
    pipe(monkeypatch, io.BytesIO(rows))
    assert read(open_query(open_table(["-"]), "SELECT sum(x) AS s FROM data"), ["s"])["s"].tolist() == [199_990_000]
    pipe(monkeypatch, io.BytesIO(rows))
    table = open_query(open_table(["-"]), "SELECT sum(a.x) AS s FROM data a, (SELECT 1 FROM data LIMIT 1)")
    with pytest.raises(DataError, match="standard input can be read only once; write it to a file first"):
        read(table, ["s"])
    pipe(monkeypatch, io.BytesIO(rows))
    table = open_query(open_table(["-"], again=lambda: True), "SELECT sum(x) AS s FROM data")
    assert [read(table, ["s"])["s"].tolist() for _ in range(2)] == [[199_990_000]] * 2


def test_a_fault_in_the_data_is_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 1000)
    path = tmp_path / "d.ndjson"
    path.write_text('{"x": 1}\n' * 3000 + '{"x": "a"}\n')
    with pytest.raises(DataError, match=r'd.ndjson, row 3001, column "x": "a"'):
        read(open_query(open_table([str(path)]), "SELECT sum(x) AS s FROM data"), ["s"])


def test_nulls_of_the_answer(data: str) -> None:
    sql = "SELECT nullif(x, 2) AS x FROM data"
    with pytest.raises(DataError, match=r'the answer to the query, row 2, column "x": null'):
        read(open_query(open_table([data]), sql), ["x"])
    assert read(open_query(open_table([data], nulls="skip"), sql), ["x"])["x"].tolist() == [1, 4.5]


def test_it_spills_or_stops(tmp_path: Path) -> None:
    path = str(write(tmp_path / "d.parquet", {"x": np.random.default_rng(1).random(3_000_000)}))
    table = open_query(open_table([path]), "SELECT x FROM data ORDER BY x", memory=40 << 20)
    assert (np.diff(read(table, ["x"])["x"]) >= 0).all()
    with pytest.raises(LimitError, match="the query takes more memory than it may"):
        read(open_query(open_table([path]), "SELECT list(x) AS l FROM data", memory=10 << 20), ["l"])


def test_without_duckdb(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingError) as raised:
        open_query(open_table([data]), "FROM data")
    assert str(raised.value) == '--query needs duckdb; install it: pip install "exprgrad[sql]"'


def test_an_answer_is_not_divided(data: str) -> None:
    with pytest.raises(
        UsageError, match="a query is asked on this machine, and its answer is not divided on a cluster"
    ):
        divide(open_query(open_table([data]), "FROM data"))


def test_it_is_asked_in_front_of_every_command(data: str) -> None:
    table = opened([data], "error", ReadOptions(times=(("x", "d"),)), ANSWERS["groups"][0])
    assert read(table, ["x", "n"])["x"].tolist() == [5.5, 2]
