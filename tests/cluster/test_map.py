"""`exprgrad map --cluster`: a file for each part, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import exprgrad
from exprgrad.backends.engine import Engine
from exprgrad.cluster.backend import Resident
from exprgrad.cluster.connect import connected
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.settings import Settings
from exprgrad.data.output.writer import open_writer
from exprgrad.data.parts.divide import divide
from exprgrad.data.parts.files import matching
from exprgrad.data.parts.folder import Folder, folder_of, schema_of
from exprgrad.data.source import TableSource
from exprgrad.data.table import open_table
from exprgrad.data.text import lines
from exprgrad.errors import DataError, ExprgradError, MissingError, OutputError, UsageError
from exprgrad.jobs.map.result import Written
from exprgrad.jobs.map.rows import RowMap
from exprgrad.jobs.map.write import write_rows

COLUMNS = {"x": "x"}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Connection]:
    with connected(Settings("local:1"), print) as connection:
        yield connection


def written(files: list[str], target: str, connection: Connection | None) -> Written:
    model = exprgrad.parse("w*log(x) - mean(x)").model
    table = open_table(files, again=lambda: True)
    source = TableSource(table, COLUMNS)
    resident = Resident(connection, divide(table), COLUMNS, table.nulls) if connection else None
    rows = RowMap(model, {"value": model.output}, {"w": "d_w"}, source, Engine("llvm", cluster=resident))
    if resident is None:
        with open_writer(target, None) as writer:
            return write_rows(table, COLUMNS, lambda read: rows.stream({"w": 1.0}, read), rows.names, writer)
    folder = folder_of(target, None)
    return resident.write(rows, {"w": 1.0}, schema_of(table, ["x"], folder.takes_texts), folder)


def three_files(folder: Path, last: str = "7") -> list[str]:
    """Three files, the last with texts that look like numbers, and with fractions where the first has whole numbers."""
    rows = {"a": "name,x\nn,1\nm,-1\n", "b": "name,x\n", "c": f"name,x\n5,2.5\n6,{last}\n"}
    for name, text in rows.items():
        (folder / f"{name}.csv").write_text(text)
    return matching([f"{folder}/?.csv"])


def test_the_parts_are_the_file_of_one_machine(cluster: Connection, tmp_path: Path) -> None:
    files = three_files(tmp_path)
    found = written(files, f"{tmp_path}/out.csv", cluster)
    assert found == written(files, f"{tmp_path}/one.csv", None) == Written(4, 1, 1)
    names = ["_SUCCESS", "part-00000.csv", "part-00001.csv", "part-00002.csv"]
    assert sorted(path.name for path in (tmp_path / "out.csv").iterdir()) == names
    header, *lines = (tmp_path / "one.csv").read_text().splitlines()
    parts = [(tmp_path / "out.csv" / name).read_text().splitlines() for name in names[1:]]
    assert [part[0] for part in parts] == [header] * 3
    assert [line for part in parts for line in part[1:]] == lines


@pytest.mark.parametrize("source", ["csv", "ndjson"])
@pytest.mark.parametrize("target", ["csv", "parquet"])
def test_a_text_is_divided(
    cluster: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, target: str
) -> None:
    """Its first rows show the types of all, and its columns."""
    monkeypatch.setattr(lines, "PART", 300)
    late = {"csv": '"5\n6",%d,7\n', "ndjson": '{"name": "5", "x": %d, "n": 7}\n'}[source]
    first = {"csv": "name,x,n\na,0.5,\n", "ndjson": '{"name": "a", "x": 0.5, "n": null}\n'}[source]
    path = tmp_path / f"in.{source}"
    path.write_text(first + "".join(late % row for row in range(1, 100)))
    found = written([str(path)], f"{tmp_path}/out.{target}", cluster)
    assert found == written([str(path)], f"{tmp_path}/one.{target}", None)
    names = sorted(str(part) for part in (tmp_path / f"out.{target}").glob("part-*"))
    assert len(names) > 2
    many, one = (list(open_table(files).rows([])) for files in (names, [f"{tmp_path}/one.{target}"]))
    assert pa.Table.from_batches([b for b, _ in many]).equals(pa.Table.from_batches([b for b, _ in one]))


def test_all_parts_have_the_types_of_the_first(cluster: Connection, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    written(three_files(tmp_path), f"{tmp_path}/out.parquet", cluster)
    schemas = {str(pq.read_schema(path)) for path in (tmp_path / "out.parquet").glob("part-*")}
    assert schemas == {"name: string\nx: double\nvalue: double\nd_w: double"}


def test_a_failure_leaves_nothing(cluster: Connection, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"c\.csv, row 2, column \"x\": \"seven\" is not a number"):
        written(three_files(tmp_path, "seven"), f"{tmp_path}/out.csv", cluster)
    assert not (tmp_path / "out.csv").exists()
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(DataError, match=r"c\.csv, row 2"):
        written(three_files(tmp_path, "seven"), f"{tmp_path}/out.csv", cluster)
    assert not list((tmp_path / "out.csv").iterdir())


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    files = three_files(tmp_path)
    with pytest.raises(OutputError, match="holds files already; give another folder, or empty it"):
        Folder(str(tmp_path), "csv", ".csv").create()
    assert matching([f"{tmp_path}/?.csv"]) == files


def test_what_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "out"), "csv", ".csv")
    folder.create()
    for name in ("part-00000.csv", ".part-00000.csv.1234abcd.part", "part-00001.csv"):
        (tmp_path / "out" / name).touch()
    folder.finish(1)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["_SUCCESS", "part-00000.csv"]
    with pytest.raises(OutputError, match=r"the workers wrote .*part-00001\.csv where it is not seen here"):
        folder.finish(2)


def test_one_run_writes_a_folder(tmp_path: Path) -> None:
    """A second one, which finds it empty, would take away what the first has written."""
    first, second = (Folder(str(tmp_path / "out"), kind, f".{kind}") for kind in ("csv", "parquet"))
    with first.claimed():
        with pytest.raises(OutputError, match="out: another run writes it; wait for its end"), second.claimed():
            pass
        first.create()
    with second.claimed():
        assert not second.create()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_is_still_written_when_all_is_given_up_is_lost(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "out"), "csv", ".csv")
    folder.create()
    with pytest.raises(OutputError, match="cannot write"), open_writer(folder.file(0), "csv"):
        folder.discard(made=True)
    assert not list(tmp_path.iterdir())
    folder.create()
    (tmp_path / "out" / "part-00000.csv").touch()
    (tmp_path / "out" / "mine.txt").touch()
    folder.discard(made=True)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_folder_is_read_as_its_parts(cluster: Connection, tmp_path: Path) -> None:
    files, out = three_files(tmp_path), tmp_path / "out.csv"
    written(files, str(out), cluster)
    for name in ("part-99999.csv", "part-100000.csv", ".part-00001.csv.12345678.part", "_metadata"):
        (out / name).write_text("name,x,value,d_w\n")
    numbers = (0, 1, 2, 99999, 100000)
    assert matching([f"{out}/", *files[:1]]) == [*(f"{out}/part-{k:05}.csv" for k in numbers), files[0]]
    assert matching([f"{tmp_path}/o*"]) == matching([str(out)])
    (out / "_SUCCESS").unlink()
    with pytest.raises(DataError, match=r"out\.csv lacks _SUCCESS, by which a map says .* are there; remove"):
        matching([str(out)])
    with pytest.raises(DataError, match=r"is a folder, and not one of parts; name its files, as in '.*/\*\.csv'"):
        matching([str(tmp_path)])


def test_a_map_that_was_killed_is_not_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "part-00000.csv").touch()
    with pytest.raises(OutputError, match="holds parts of a map that did not end, or has not yet; remove it, or give"):
        Folder(str(tmp_path), "csv", ".csv").create()


@pytest.mark.parametrize(
    ("path", "kind", "expected"),
    [
        ("out.parquet", None, ("parquet", ".parquet")),
        ("a.b/out.csv.gz/", None, ("csv", ".csv.gz")),
        ("out", "arrow", ("arrow", ".arrow")),
        ("out.csv", "ndjson", ("ndjson", ".ndjson")),
        ("out", None, "the name out tells no format"),
        ("-", "csv", "a cluster writes a folder"),
    ],
)
def test_the_name_tells_the_format(path: str, kind: str | None, expected: tuple[str, str] | str) -> None:
    if isinstance(expected, str):
        with pytest.raises(UsageError, match=expected):
            folder_of(path, kind)
    else:
        assert folder_of(path, kind)[1:] == expected


@pytest.mark.parametrize("error", [UsageError("a", hint="b"), DataError("a"), MissingError("a", "b", "c")])
def test_an_error_travels_whole(error: ExprgradError) -> None:
    import pickle

    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.args, vars(copy)) == (type(error), str(error), error.args, vars(error))
