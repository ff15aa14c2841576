"""Tables in memory, of every library: the same numbers as lists give, and nothing else of a table matters."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import exprgrad
from exprgrad import DataNote, ExprgradError

T = np.linspace(0.0, 5.0, 12)
Y = 2.0 * np.exp(-0.7 * T) + 0.01 * np.cos(9 * T)
FRAME = pd.DataFrame({"t": T, "y": Y, "name": list("abcdefghijkl"), "k": np.arange(12)}, index=range(100, 112))
MODEL = "y ~ a*exp(-b*t)"
GIVEN = exprgrad.fit(MODEL, {"t": T, "y": Y})
KINDS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "pandas, numbered": lambda frame: frame.set_axis(["t", "y", 7, ("k", 2)][: frame.shape[1]], axis=1),
    "pandas, twice": lambda frame: frame.set_axis(["t", "y", "z", "z"], axis=1),
    "pandas, index": lambda frame: frame.set_index("t"),
    "pandas, arrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.DataFrame,
    "polars, lazy": lambda frame: pl.DataFrame(frame).lazy(),
    "polars, chunks": lambda frame: pl.concat([pl.DataFrame(frame[:5]), pl.DataFrame(frame[5:])], rechunk=False),
    "arrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "arrow, twice": lambda frame: pa.Table.from_pandas(frame, preserve_index=False).rename_columns(
        ["t", "y", "z", "z"]
    ),
    "pandas, sparse": lambda frame: frame.assign(t=pd.arrays.SparseArray(frame["t"]), y=frame["y"].astype("float64")),
    "arrow batch": lambda frame: pa.RecordBatch.from_pandas(frame, preserve_index=False),
    "dict of series": dict,
    "dict of lists": lambda frame: frame.to_dict("list"),
    "array with fields": lambda frame: frame.drop(columns="name").to_records(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_gives_the_numbers_of_lists(kind: str) -> None:
    """Whatever else is in the table, in the place of the bindings and beside them."""
    table = KINDS[kind](FRAME)
    assert exprgrad.fit(MODEL, table) == GIVEN
    assert exprgrad.fit(MODEL, data=table) == GIVEN
    assert exprgrad.fit(MODEL, exprgrad.read(table)) == GIVEN
    assert exprgrad.fit(exprgrad.parse(MODEL, formula=True), table, a=1.0) == exprgrad.fit(
        MODEL, {"t": T, "y": Y, "a": 1.0}
    )
    loss = "(a*exp(-b*t) - y)^2"
    trained = exprgrad.train(loss, {"t": T, "y": Y, "a": 1.0, "b": 1.0}, epochs=3).final
    assert exprgrad.train(loss, table, a=1.0, b=1.0, epochs=3).final == trained
    assert exprgrad.parse(loss).train(data=table, init="zeros", epochs=1).final.epoch == 1
    mean = exprgrad.compile(f"mean({loss})")
    expected = mean.value_and_gradient(t=T, y=Y, a=1.0, b=1.0)
    assert mean.value_and_gradient((), table, a=1.0, b=1.0) == expected
    assert exprgrad.evaluate(f"mean({loss})", table, a=1.0, b=1.0) == expected[0]
    assert exprgrad.gradient(f"mean({loss})", table, a=1.0, b=1.0) == pytest.approx(expected[1], rel=1e-13)
    assert exprgrad.eval(f"mean({loss})", table, a=1.0, b=1.0).rows[-1].value == pytest.approx(expected[0], rel=1e-13)


def test_a_stream_of_arrow_is_a_table() -> None:
    stream = pa.Table.from_pandas(FRAME, preserve_index=False).to_reader()
    assert exprgrad.evaluate("sum(k)", stream) == 66.0


def test_an_array_of_two_dimensions_has_the_columns_c1_c2() -> None:
    array = np.stack([T, Y], axis=1)
    assert exprgrad.fit("c2 ~ a*exp(-b*c1)", array).parameters == GIVEN.parameters
    assert exprgrad.fit(MODEL, array, column={"t": 1, "y": "c2"}) == GIVEN
    assert exprgrad.map("c1 + c2", array).tolist() == np.column_stack([array, T + Y]).tolist()


MAPPED: dict[str, Callable[[Any], Any]] = {
    "pandas": lambda found: found,
    "pandas, numbered": lambda found: found,
    "polars": lambda found: found.to_pandas(),
    "polars, lazy": lambda found: found.collect().to_pandas(),
    "arrow": lambda found: found.to_pandas(),
    "dict of series": pd.DataFrame,
    "dict of lists": pd.DataFrame,
    "array with fields": lambda found: pd.DataFrame(found).drop(columns="index"),
}


@pytest.mark.parametrize("kind", MAPPED)
def test_map_gives_a_table_of_the_same_kind(kind: str) -> None:
    table = KINDS[kind](FRAME)
    found = exprgrad.map("a*t^2", table, a=3, wrt=["t"], name="u")
    assert type(found) is (pa.Table if kind == "arrow" else type(table) if "fields" not in kind else np.ndarray)
    frame = MAPPED[kind](found)
    assert list(frame.columns)[-2:] == ["u", "d_t"]
    assert next(iter(frame.columns)) == "t"
    np.testing.assert_array_equal(frame["u"], 3 * T**2)
    np.testing.assert_array_equal(frame["d_t"], 6 * T)
    np.testing.assert_array_equal(frame["y"], Y)
    if "pandas" in kind:
        assert frame.index.equals(FRAME.index)
        assert "u" not in table.columns


def test_a_column_of_results_is_a_series_with_the_index() -> None:
    value = exprgrad.evaluate("t + k", FRAME)
    pd.testing.assert_series_equal(value, FRAME["t"] + FRAME["k"], check_names=False)
    gradient = exprgrad.gradient("a*x^2", x=FRAME["t"], a=3.0)
    pd.testing.assert_series_equal(gradient["x"], 6 * FRAME["t"], check_names=False)
    pd.testing.assert_series_equal(gradient["a"], FRAME["t"] ** 2, check_names=False)
    assert exprgrad.gradient("x^2", x=pl.Series("x", T))["x"].to_list() == (2 * T).tolist()
    for plain in (T, T.tolist(), pa.array(T)):
        assert list(exprgrad.gradient("x^2", x=plain)["x"]) == (2 * T).tolist()
    assert exprgrad.gradient("t*k", FRAME)["t"].tolist() == FRAME["k"].tolist()
    assert exprgrad.parse("t*2")(FRAME).tolist() == (2 * T).tolist()


def test_a_keyword_wins_over_a_column() -> None:
    assert exprgrad.evaluate("k*t", FRAME, k=2).tolist() == (2 * T).tolist()
    assert exprgrad.evaluate("k*t", FRAME, k=FRAME["y"]).tolist() == (Y * T).tolist()
    assert exprgrad.fit("y ~ a*t + k", FRAME, k=1.0, fix=["k"]).fixed == {"k": 1.0}
    assert exprgrad.fit("y ~ a*t", FRAME, y=2 * T).parameters["a"].value == pytest.approx(2)
    assert exprgrad.map("k*t", FRAME, k=2)["value"].tolist() == (2 * T).tolist()


def test_numbers_are_not_copied() -> None:
    column = np.arange(5.0)
    frame, table, other = pd.DataFrame({"x": column}), pa.table({"x": column}), pl.DataFrame({"x": column})
    for whole, own in (
        (frame, frame["x"].to_numpy()),
        (table, table["x"].chunk(0).to_numpy()),
        (other, other["x"].to_numpy()),
        ({"x": column, "other": ["a"] * 5}, column),
    ):
        data = exprgrad.read(whole)
        (batch,) = data.table.columns(["x"])
        assert np.shares_memory(batch["x"], own)
        data["x"][0] = 7.0  # what a user gets is his own
        assert own[0] == 0.0


def test_rows_that_lack_a_number() -> None:
    for table in (
        FRAME.assign(t=FRAME["t"].where(FRAME["k"] != 3)),
        pl.DataFrame(FRAME).with_columns(t=pl.when(pl.col("k") == 3).then(None).otherwise(pl.col("t"))),
        {"t": [None if k == 3 else t for k, t in enumerate(T.tolist())], "y": Y, "k": FRAME["k"]},
    ):
        with pytest.raises(exprgrad.DataError, match=r'row 4, column "t": null; skip such rows with nulls="skip"'):
            exprgrad.fit(MODEL, table)
        assert exprgrad.fit(MODEL, table, nulls="skip").n == 11
        assert exprgrad.fit("y ~ a*k", table).n == 12
        assert np.isnan(np.asarray(exprgrad.evaluate("t + y", table, nulls="nan"))).tolist() == [
            k == 3 for k in range(12)
        ]
        assert len(exprgrad.map("t", table, nulls="skip")["k"]) == 11
        assert len(exprgrad.map("t", table, nulls="nan")["k"]) == 12
    missing = pd.Series([1, None, 3], dtype="Int64", index=[5, 6, 7])
    assert exprgrad.evaluate("x + 1", x=missing).isna().tolist() == [False, True, False]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, dict])
def test_dates_are_times_in_the_unit_of_files(make: Callable[[Any], Any]) -> None:
    days = [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 1, 2, 12)]
    table = make({"date": days, "span": [datetime.timedelta(hours=1), datetime.timedelta(minutes=3)], "d": [1, 2]})
    with pytest.warns(DataNote, match='column "date" holds times, read as seconds since 1970-01-01 UTC'):
        assert list(exprgrad.evaluate("date - 1577836800", table)) == [0.0, 129600.0]
    with pytest.warns(DataNote, match="read as days"):
        assert list(exprgrad.evaluate("date", table, time={"date": "days"})) == [18262.0, 18263.5]
    with pytest.warns(DataNote, match="read as seconds$"):
        assert list(exprgrad.evaluate("span", table)) == [3600.0, 180.0]
    assert list(exprgrad.evaluate("d", table)) == [1.0, 2.0]


def test_whole_numbers_that_are_rounded_are_told() -> None:
    for make in (pd.DataFrame, pl.DataFrame):
        with pytest.warns(
            DataNote, match=r'"n" holds whole numbers beyond 2\^53.*9007199254740993 is 9007199254740992'
        ):
            exprgrad.evaluate("n", make({"n": [1, 2**53 + 1]}))


def test_names_are_those_of_files() -> None:
    frame = pd.DataFrame({"Temp (°C)": [1.0, 2.0], 2: [3.0, 4.0], ("a", "x"): [5.0, 6.0]})
    assert exprgrad.read(frame).aliases == {"Temp_C": "Temp (°C)", "_2": "2", "a_x": "('a', 'x')"}
    assert exprgrad.evaluate("Temp_C + a_x", frame).tolist() == [6.0, 8.0]
    assert exprgrad.evaluate("u*v", frame, column={"u": 1, "v": "2"}).tolist() == [3.0, 8.0]
    nested = pl.DataFrame({"pos": [{"x": 1.0, "y": 2.0}], "k": [1]})
    assert exprgrad.evaluate("p", nested, column={"p": "pos.x"}).to_list() == [1.0]


def test_queries_and_overviews() -> None:
    assert exprgrad.fit(MODEL, FRAME, query="select * from data where k < 6").n == 6
    seen = exprgrad.columns(FRAME.assign(z=1j, c=pd.Categorical(list("ab" * 6))))
    assert [column.type for column in seen.columns] == ["number", "number", "text", "whole number", "text", "text"]
    assert (seen.rows, seen.columns[3].least, seen.columns[3].most) == (12, 0, 11)


def test_files_give_a_table_of_arrow_or_a_file(tmp_path: Any) -> None:
    path = tmp_path / "rows.csv"
    FRAME.to_csv(path, index=False)
    found = exprgrad.map("2*t", path)
    assert found["value"].to_pylist() == (2 * T).tolist()
    written = exprgrad.map("2*t", FRAME, output=tmp_path / "out.parquet", format="parquet")
    assert (written.rows, written.lost) == (12, 0)
    assert pd.read_parquet(tmp_path / "out.parquet")["value"].tolist() == (2 * T).tolist()
    with pytest.warns(DataNote, match="value: nan or infinite in 1 of 12 rows, first in row 1"):
        exprgrad.map("1/t", FRAME)


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "text": (lambda: exprgrad.fit("y ~ a*name", FRAME), 'row 1, column "name": "a" is not a number; the column holds'),
    "category": (lambda: exprgrad.evaluate("c", FRAME.assign(c=pd.Categorical(["u"] * 12))), "convert it first"),
    "mixed": (lambda: exprgrad.evaluate("m", pd.DataFrame({"m": [1, "a"]})), 'column "m" cannot be read as numbers'),
    "complex": (lambda: exprgrad.evaluate("m", pd.DataFrame({"m": [1j]})), 'column "m" cannot be read as numbers'),
    "lists": (lambda: exprgrad.evaluate("m", pl.DataFrame({"m": [[1.0]]})), 'column "m" holds lists, not numbers'),
    "objects": (lambda: exprgrad.evaluate("m", np.array([(1,)], dtype=[("m", object)])), "holds objects"),
    "twice": (lambda: exprgrad.evaluate("z", KINDS["pandas, twice"](FRAME)), 'has 2 columns "z"; rename one of them'),
    "misspelt": (
        lambda: exprgrad.fit("y ~ a*tt", FRAME),
        "there is no column tt; did you mean t? (or column={'tt': 't'})",
    ),
    "misspelt loss": (lambda: exprgrad.train("(w*t - countz)^2", FRAME.assign(counts=1.0)), "did you mean counts?"),
    "response": (lambda: exprgrad.fit("yy ~ a*t", FRAME), "the response has no column yy; did you mean y?"),
    "unbound": (lambda: exprgrad.evaluate("q*t", FRAME), "no value and no column for q; give q=VALUE; the columns"),
    "bound": (lambda: exprgrad.fit(MODEL, {"t": 1.0}, data=FRAME), "t is given a value and is a column of the data"),
    "two tables": (lambda: exprgrad.fit(MODEL, FRAME, data=FRAME), "a table is given twice"),
    "of files": (lambda: exprgrad.fit(MODEL, FRAME, delimiter=";"), "delimiter says how files are read, and this is a"),
    "nulls": (lambda: exprgrad.fit(MODEL, FRAME, nulls="drop"), "no such way with nulls: drop; give error, skip, nan"),
    "time": (lambda: exprgrad.fit(MODEL, FRAME, time={"q": "s"}), 'no column "q" to read as times'),
    "no table": (lambda: exprgrad.fit(MODEL, data=7), "data is a path, a list of paths, what exprgrad.read gave, or a"),  # type: ignore[arg-type]
    "lengths": (lambda: exprgrad.evaluate("x", data={"x": [1.0], "z": [1.0, 2.0]}), "x has 1 rows, z has 2"),
    "swapped": (lambda: exprgrad.fit(FRAME, MODEL), "the expression comes first, then the table; as in"),  # type: ignore[arg-type]
    "series": (lambda: exprgrad.evaluate("t^2", FRAME["t"]), "a Series is one column; give it by its name: t=…"),
    "no rows": (lambda: exprgrad.fit(MODEL, FRAME[:0]), "the data have no rows"),
    "indexes": (
        lambda: exprgrad.evaluate("x*y", x=FRAME["t"], y=FRAME["y"].sort_values()),
        "x and y have different indexes, so their rows do not belong together; align them first",
    ),
    "index of the frame": (lambda: exprgrad.evaluate("t*w", FRAME, w=FRAME["y"].sort_values()), "the data frame and w"),
    "new column": (
        lambda: exprgrad.map("t", FRAME.assign(value=1)),
        "have a column value already; call the new one name=NAME",
    ),
    "numbers alone": (
        lambda: exprgrad.check("x^2", x=FRAME["t"]),
        "check is for one number each, and x is a column of 12; exprgrad.compile, evaluate and gradient compute over",
    ),
    "rows of others": (
        lambda: exprgrad.gradient("w*(x - mean(x))", x=T, w=1.0),
        'exprgrad.compile(text).gradient(["w"]',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(case: str) -> None:
    call, message = WRONG[case]
    with pytest.raises(ExprgradError) as caught:
        call()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_narwhals_the_extra_is_named() -> None:
    program = (
        "import sys; sys.modules['narwhals'] = None; import exprgrad, pandas;"
        "df = pandas.DataFrame({'x': [1.0, 2.0]});"
        "print(exprgrad.evaluate('x^2', x=[1.0, 2.0]).tolist(), exprgrad.compile('sum(x)').evaluate(x=df['x']));"
        "exprgrad.evaluate('x', df)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "[1.0, 4.0] 3.0\n", done.stderr
    assert done.stderr.endswith('a data frame needs narwhals; install it: pip install "exprgrad[frames]"\n')


def test_narwhals_is_imported_for_a_data_frame_alone() -> None:
    program = (
        "import sys, exprgrad; exprgrad.fit('y ~ a*x', {'x': [1.0, 2.0], 'y': [2.0, 4.1]});"
        "exprgrad.evaluate('sum(x)', data={'x': [1.0], 'name': ['a']});"
        "print([name for name in ('narwhals', 'polars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


NUMBERS = st.one_of(
    st.lists(st.floats(width=64), min_size=1, max_size=6),
    st.lists(st.one_of(st.none(), st.integers(-(2**53), 2**53)), min_size=1, max_size=6),
    st.lists(st.booleans(), min_size=1, max_size=6),
    st.lists(st.decimals(-10, 10, places=3), min_size=1, max_size=6),
)


@given(NUMBERS)
def test_any_numbers_mean_the_same_in_every_library(values: list[Any]) -> None:
    expected = [float("nan") if value is None else float(value) for value in values]
    tables: list[Any] = [
        pd.DataFrame({"x": values}),
        pl.DataFrame({"x": values}),
        pa.table({"x": values}),
        {"x": values},
    ]
    if any(isinstance(value, Decimal) for value in values):
        tables = tables[1:3]
    for table in tables:
        np.testing.assert_array_equal(np.asarray(exprgrad.evaluate("x", data=table, nulls="nan")), expected)
