"""Times as numbers, in every format; and what else the rows of a table tell its user."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprgrad.data.read_options import ReadOptions
from exprgrad.data.table import open_table
from exprgrad.data.text import batches
from exprgrad.data.text.dialect import Dialect, Layout
from exprgrad.data.times import CLOCK, DATE, UNITS, from_texts, since
from exprgrad.errors import DataError, UsageError
from tests.data.layouts import laid_out
from tests.data.tables import read, write

EPOCH = "since 1970-01-01 UTC"


@pytest.mark.parametrize("unit", UNITS)
@given(count=st.integers(-(2**62), 2**62), kind=st.sampled_from(["ns", "us", "s"]))
def test_a_time_is_the_nearest_float(unit: str, count: int, kind: str) -> None:
    own = {"ns": 1, "us": 10**3, "s": 10**9}[kind]
    count //= own
    exact = Fraction(count * own, UNITS[unit])
    (found,) = since(pa.array([count], pa.timestamp(kind)), unit)
    error = abs(Fraction(float(found)) - exact)
    assert error <= Fraction(float(np.spacing(abs(found)))) / 2 * Fraction(1001, 1000)


TEXTS = [
    (DATE, "1970-01-02", 86400),
    (DATE, " 2024-01-31", 1706659200),
    (DATE, "2024-01-31T12", 1706702400),
    (DATE, "2024-01-31 12:00", 1706702400),
    (DATE, "2024-01-31T12:00:05.25Z", 1706702405.25),
    (DATE, "2024-01-31 12:00:05,25", 1706702405.25),
    (DATE, "2024-01-31T12:00:05+01:00", 1706698805),
    (DATE, "2024-01-31T12:00:05-0130", 1706707805),
    (DATE, "2024-01-31T12:00:05.123456789Z", 1706702405.123456789),
    (DATE, "0001-01-01", -62135596800),
    (DATE, "9999-12-31T23:59:59.999999", 253402300799.999999),
    (DATE, "2024-02-30", None),
    (DATE, "2024-01-31T25:00", None),
    (DATE, "2024-1-31", None),
    (CLOCK, "12:00", 43200),
    (CLOCK, "23:59:59.5", 86399.5),
    (CLOCK, "24:00", None),
]


@pytest.mark.parametrize(("kind", "text", "seconds"), TEXTS, ids=[text for _, text, _ in TEXTS])
def test_texts_of_times(kind: str, text: str, seconds: float | None) -> None:
    found, bad = from_texts(pa.array([text, None]), kind)
    if seconds is None:
        assert bad is not None
        assert bad.tolist() == [True, False]
    else:
        np.testing.assert_array_equal(since(found, "s"), [seconds, np.nan])


DAY = datetime.date(2024, 1, 31)
NOON = datetime.datetime(2024, 1, 31, 12, tzinfo=datetime.UTC)
COLUMNS = [
    ([NOON], f"holds times, read as seconds {EPOCH}", 1706702400),
    ([DAY], f"holds times, read as seconds {EPOCH}", 1706659200),
    (pa.array([DAY], pa.date64()), f"holds times, read as seconds {EPOCH}", 1706659200),
    (pa.array([datetime.time(12, 0, 5)]), "holds times, read as seconds since midnight", 43205),
    (pa.array([datetime.timedelta(minutes=1.5)]), "holds times, read as seconds", 90),
]


@pytest.mark.parametrize(("values", "note", "seconds"), COLUMNS)
@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv", "ndjson"])
def test_columns_of_times(suffix: str, values: object, note: str, seconds: float, tmp_path: Path) -> None:
    array = pa.array(values)
    if suffix in ("csv", "ndjson") and pa.types.is_duration(array.type):
        return
    path = str(write(tmp_path / f"d.{suffix}", {"t": pa.concat_arrays([array, array]), "y": [1.0, 2.0]}))
    table = open_table([path])
    for _ in range(2):
        assert read(table, ["t", "y"])["t"].tolist() == [seconds, seconds]
    assert table.told == [f'column "t" {note}']
    days = open_table([path], options=ReadOptions(times=(("t", "d"),)))
    assert read(days, ["t"])["t"].tolist() == [seconds / 86400] * 2
    assert days.told == [f'column "t" {note.replace("seconds", "days")}']


@pytest.mark.parametrize("suffix", ["csv", "ndjson"])
def test_a_column_is_of_times_or_of_numbers(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(batches, "BATCH", 20)
    write(Path(f"d.{suffix}"), {"t": ["2024-01-31", None, "1.5"], "y": [1, 2, 3]})
    what = '"1.5" is not a date'
    with pytest.raises(DataError, match=rf'^d.{suffix}, row 3, column "t": {what}$'):
        read(open_table([f"d.{suffix}"], nulls="nan"), ["t"])
    write(Path(f"e.{suffix}"), {"t": pa.array([None, "1970-01-02"], pa.string()), "y": [1, 2]})
    options = ReadOptions(times=(("t", "days"),))
    assert read(open_table([f"e.{suffix}"], nulls="skip", options=options), ["t"])["t"].tolist() == [1]


def test_whole_rows_keep_the_texts_of_times(tmp_path: Path) -> None:
    path = str(write(tmp_path / "d.csv", {"t": ["1970-01-02", "1970-01-03T12:00"], "y": [1, 2]}))
    for texts in (True, False):
        ((batch, columns),) = open_table([path]).rows(["t"], texts=texts)
        assert batch.column("t").to_pylist() == ["1970-01-02", "1970-01-03T12:00"]
        assert columns["t"].tolist() == [86400, 216000]


def test_units_and_columns_that_there_are_not(tmp_path: Path) -> None:
    path = str(write(tmp_path / "d.csv", {"t": ["1970-01-02"]}))
    for times, message in (
        ((("t", "weeks"),), "no such unit of time: weeks; give ns, us, ms, s, min, h, d"),
        ((("T", "s"),), 'no column "T" to read as times; did you mean "t"?'),
    ):
        with pytest.raises(UsageError) as raised:
            open_table([path], options=ReadOptions(times=times))
        assert str(raised.value) == message


@pytest.mark.parametrize("content", ["day of run\n1970-01-02\n", '{"day of run": "1970-01-02"}\n'])
def test_an_alias_names_a_column_of_times(content: str, tmp_path: Path) -> None:
    path = tmp_path / ("d.csv" if content[0] == "d" else "d.ndjson")
    path.write_text(content)
    table = open_table([str(path)], options=ReadOptions(times=(("day_of_run", "days"),)))
    assert read(table, ["day of run"])["day of run"].tolist() == [1]


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet", "arrow"])
def test_long_whole_numbers_are_told_about_once(suffix: str, tmp_path: Path) -> None:
    numbers = [1, 2**53, 2**53 + 1, 2**60 + 1]
    path = str(write(tmp_path / f"d.{suffix}", {"x": numbers, "y": [1, 2, 3, 2**60]}))
    table = open_table([path, path])
    assert read(table, ["x", "y"])["x"].tolist() == [float(number) for number in numbers] * 2
    note = 'column "x" holds whole numbers beyond 2^53, which are rounded: 9007199254740993 is 9007199254740992'
    assert table.told == [note]


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet", "arrow"])
def test_nan_is_missing(suffix: str, tmp_path: Path) -> None:
    path = str(write(tmp_path / f"d.{suffix}", {"x": [1.0, 2.0, 3.0], "y": [1.0, float("nan"), 3.0]}))
    assert read(open_table([path], nulls="skip"), ["x", "y"])["x"].tolist() == [1, 3]
    assert read(open_table([path], nulls="skip"), ["x"])["x"].tolist() == [1, 2, 3]
    np.testing.assert_array_equal(read(open_table([path], nulls="nan"), ["y"])["y"], [1, np.nan, 3])
    with pytest.raises(DataError, match=r'row 2, column "y": nan; skip such rows with --nulls skip'):
        read(open_table([path]), ["y"])
    ((batch, columns),) = open_table([path], nulls="skip").rows(["y"])
    assert (batch.num_rows, columns["y"].tolist()) == (2, [1, 3])


WORDS = "NA,N/A,n/a,#N/A,#NA,<NA>,null,NULL,None,NaN,nan,NAN,-nan,-,--,.,*,*********,#DIV/0!,#REF!, NA ,?,-999,-999.0"


@pytest.mark.parametrize("word", ["", *WORDS.split(","), "*" * 40])
@pytest.mark.parametrize("form", ["{}", '"{}"'])
def test_words_for_what_is_missing(word: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f"x,y\n1,2\n{form.format(word)},3\n")
    with laid_out(Layout(Dialect(missing=("?", "-999")), ("x", "y"), 4)):
        assert read(open_table([str(path)], nulls="skip"), ["x"])["x"].tolist() == [1]
