"""Fields of records, used by dotted path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exprgrad.cli.process import execute
from exprgrad.data.table import open_table
from exprgrad.errors import DataError
from tests.data.tables import read

ROWS: list[dict[str, Any]] = [
    {"k": 1, "pos": {"x": 1, "at": {"y": 2.5}}, "l": [1]},
    {"k": 2, "pos": None, "l": []},
    {"k": 3, "pos": {"x": 3, "at": None}, "l": [2]},
]


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    table = pa.Table.from_pylist(rows)
    match path.suffix:
        case ".parquet":
            pq.write_table(table, path)
        case ".arrow":
            with pa.ipc.new_file(path, table.schema) as writer:
                writer.write_table(table)
        case ".json":
            path.write_text(json.dumps(rows, indent=1))
        case _:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "ndjson", "json"])
def test_fields_are_columns(suffix: str, tmp_path: Path) -> None:
    table = open_table([write(tmp_path / f"d.{suffix}", ROWS)], nulls="nan")
    found = read(table, ["pos.at.y", "k", "pos.x"])
    np.testing.assert_array_equal(found["pos.at.y"], [2.5, np.nan, np.nan])
    np.testing.assert_array_equal(found["pos.x"], [1, np.nan, 3])
    (rows,) = [rows for rows, _ in table.rows(["pos.x"]) if rows.num_rows]
    assert rows.to_pylist() == ROWS


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "ndjson"])
def test_a_column_of_that_name_wins(suffix: str, tmp_path: Path) -> None:
    rows = [{"pos": {"x": 1, "y": 2}, "pos.x": 7}, {"pos": {"x": 3, "y": 4}, "pos.x": 8}]
    found = read(open_table([write(tmp_path / f"d.{suffix}", rows)]), ["pos.x", "pos.y"])
    assert (found["pos.x"].tolist(), found["pos.y"].tolist()) == ([7, 8], [2, 4])


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "ndjson"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pos.z", 'has no column "pos.z"; did you mean "pos.x"?'),
        ("l", "lists, not numbers|a list is not a number"),
        ("pos", "records, not numbers|an object is not a number"),
    ],
)
def test_what_is_no_number(suffix: str, name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message.replace("?", r"\?")):
        read(open_table([write(tmp_path / f"d.{suffix}", ROWS)], nulls="nan"), [name])


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"x": "a"}, '"a" is not a number'),
        ({"x": [1]}, "a list is not a number"),
        (5, '"5" is not an object'),
        ({"y": 1}, "null; skip such rows with --nulls skip, or take them as nan with --nulls nan"),
    ],
)
@pytest.mark.parametrize("whole", [False, True])
def test_a_misfit_has_its_place(second: Any, message: str, whole: bool, tmp_path: Path) -> None:
    path = write(tmp_path / "d.ndjson", [{"pos": {"x": 1}}])
    Path(path).write_text(Path(path).read_text() + json.dumps({"pos": second}))
    table = open_table([path])
    with pytest.raises(DataError) as raised:
        _ = list(table.rows(["pos.x"])) if whole else list(table.columns(["pos.x"]))
    assert str(raised.value) == f'{path}, row 2, column "pos.x": {message}'


def test_on_the_command_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "d.ndjson", ROWS)
    line = ["map", "2*x", "--data", path, "--column", "x=pos.x", "--nulls", "skip", "--format", "ndjson"]
    assert execute(line) == 0
    rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert rows == [ROWS[0] | {"value": 2.0}, ROWS[2] | {"value": 6.0}]
