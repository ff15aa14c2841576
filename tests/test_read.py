"""Data files in Python: `exprgrad.read`, and paths in the place of columns."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exprgrad
from exprgrad import DataError, ExprgradError
from exprgrad.data.table import Table

T, Y = [0.0, 1.0, 2.0, 3.0], [2.0, 1.0, 0.5, 0.25]
ROWS = "".join(f"{t},{y},a{k}\n" for k, (t, y) in enumerate(zip(T, Y, strict=True)))
MODEL = "y ~ a*exp(-b*t)"
LOSS = "(a*exp(-b*t) - y)^2"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "decay.csv"
    path.write_text(f"t,y,name\n{ROWS}")
    return path


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    path = tmp_path / "odd.csv"
    path.write_text(f"time [s],U (V),name\n{ROWS}")
    return path


def test_columns_are_arrays(file: Path) -> None:
    data = exprgrad.read(file)
    assert data.columns == ("t", "y", "name")
    assert [*data] == ["t", "y", "name"]
    assert data["t"].dtype == np.float64
    assert data["t"].tolist() == T
    assert data["y"] is data["y"]
    assert "t" in data
    assert "u" not in data
    assert data.notes == ()
    assert repr(data) == f"Data({file}: t, y, name)"


def test_headers_have_aliases(odd: Path) -> None:
    data = exprgrad.read(odd)
    assert data.aliases == {"time_s": "time [s]", "U_V": "U (V)"}
    assert data["time [s]"].tolist() == data["time_s"].tolist() == T
    assert repr(data).endswith('odd.csv: "time [s]" (time_s), "U (V)" (U_V), name)')
    fitted = exprgrad.fit("U_V ~ a*exp(-b*time_s)", odd)
    assert fitted.parameters["a"].value == pytest.approx(2)


def test_a_value_that_is_missing_is_nan(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("x,y\n1,2\n,3\n3,\n")
    for nulls in ("error", "skip", "nan"):
        data = exprgrad.read(path, nulls=nulls)
        np.testing.assert_array_equal(data["x"], [1, np.nan, 3])
        np.testing.assert_array_equal(data["y"], [2, 3, np.nan])
    with pytest.raises(DataError, match="null"):
        exprgrad.fit("y ~ a*x", path)
    assert exprgrad.fit("y ~ a*x", path, nulls="skip").n == 1


def test_files_in_the_place_of_columns(file: Path) -> None:
    """In whatever way they are given, the numbers are those of lists."""
    given = exprgrad.fit(MODEL, {"t": T, "y": Y})
    data = exprgrad.read(file)
    for files in (file, str(file), [file], [str(file)], (file,), data):
        assert exprgrad.fit(MODEL, files) == given
        assert exprgrad.fit(MODEL, data=files) == given
    start = {"a": 1.0, "b": 1.0}
    assert exprgrad.fit(MODEL, start, data=file) == exprgrad.fit(MODEL, {"t": T, "y": Y, **start})
    assert exprgrad.fit(MODEL, [file, file]).n == 8
    trained = exprgrad.train(LOSS, {"t": T, "y": Y, **start}, epochs=3)
    assert exprgrad.train(LOSS, start, data=file, epochs=3).final == trained.final
    assert exprgrad.train(LOSS, data, init="zeros", epochs=3).final.epoch == 3
    compiled = exprgrad.compile(f"mean({LOSS})")
    value = compiled.evaluate(t=T, y=Y, **start)
    assert compiled.evaluate(file, **start) == compiled.evaluate(data, **start) == value
    gradient = compiled.gradient(["a"], t=T, y=Y, **start)
    assert compiled.gradient(["a"], data, **start) == gradient
    assert compiled.value_and_gradient(["a"], [file], **start) == (value, gradient)


def test_columns_that_are_called_otherwise(file: Path) -> None:
    given = exprgrad.fit("u ~ a*exp(-b*x)", {"x": T, "u": Y})
    for column in ({"x": "t", "u": "y"}, {"x": 1, "u": 2}, {"x": "1", "u": "2"}):
        assert exprgrad.fit("u ~ a*exp(-b*x)", file, column=column) == given


def test_sigmas_are_columns_of_the_files(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("x,y,dy (V)\n1,2,0.1\n2,4,0.2\n3,7,0.1\n")
    columns = {"x": [1.0, 2, 3], "y": [2.0, 4, 7], "dy_V": [0.1, 0.2, 0.1]}
    assert exprgrad.fit("y ~ a*x", path, sigma="dy_V") == exprgrad.fit("y ~ a*x", columns, sigma="dy_V")


def test_what_is_worked_out_is_a_warning_at_the_line_of_the_user(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Table, "notes", ["decay.csv: separated by magic"])
    with pytest.warns(exprgrad.DataNote, match="magic") as caught:
        exprgrad.fit(MODEL, file)
    assert [note.filename for note in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = exprgrad.read(file)
        exprgrad.fit(MODEL, data)
    assert data.notes == ("decay.csv: separated by magic",)


WRONG: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no path": (lambda file: exprgrad.read(5), "exprgrad.read takes a path, a list of paths or a table, not int"),  # type: ignore[arg-type]
    "no paths": (lambda file: exprgrad.read([]), "exprgrad.read takes a path, a list of paths or a table, not list"),
    "no file": (lambda file: exprgrad.read(file.parent / "none.csv"), "No such file"),
    "bytes": (lambda file: exprgrad.read(b"x"), "exprgrad.read takes a path, a"),  # type: ignore[arg-type]
    "read: keyword": (lambda file: exprgrad.read(file, delimeter=";"), "did you mean delimiter?"),  # type: ignore[call-arg]
    "fit: keyword": (lambda file: exprgrad.fit(MODEL, file, delimeter=";"), "did you mean delimiter?"),  # type: ignore[call-arg]
    "fit: its own": (lambda file: exprgrad.fit(MODEL, file, bounds={}), "did you mean bound?"),  # type: ignore[call-arg]
    "train: keyword": (lambda file: exprgrad.train(LOSS, file, delimeter=";"), "did you mean delimiter?"),  # type: ignore[call-arg]
    "value": (lambda file: exprgrad.fit(MODEL, file, decimal=";"), "decimal takes '.' or ',', not ';'"),
    "nulls": (lambda file: exprgrad.read(file, nulls="none"), "give error, skip, nan"),
    "opened": (lambda file: exprgrad.fit(MODEL, exprgrad.read(file), decimal=","), "give it to exprgrad.read"),
    "no files": (lambda file: exprgrad.fit(MODEL, {"t": T, "y": Y}, decimal=","), "decimal says how"),
    "twice": (lambda file: exprgrad.fit(MODEL, file, data=file), "a table is given twice"),
    "bound": (lambda file: exprgrad.fit(MODEL, {"t": 5.0}, data=file), "t is given a value and is a column"),
    "response": (lambda file: exprgrad.fit("yy ~ a*t", file), "did you mean y? (or column={'yy': 'y'})"),
    "no column": (lambda file: exprgrad.fit("q ~ a*t", file), "the columns of the data are t, y, name"),
    "header": (lambda file: exprgrad.fit(MODEL, file, column={"t": "q"}), 'has no column "q"; it has t, y, name'),
    "variable": (lambda file: exprgrad.fit(MODEL, file, column={"q": "t"}), "the expression has no variable q"),
    "place": (lambda file: exprgrad.fit(MODEL, file, column={"t": 1.5}), "by its header or position, not by float"),  # type: ignore[dict-item]
    "data": (lambda file: exprgrad.fit(MODEL, data=7), "data is a path, a list of paths"),  # type: ignore[arg-type]
    "text": (lambda file: exprgrad.read(file)["name"], "is not a number"),
    "unknown": (lambda file: exprgrad.read(file)["u"], 'has no column "u"'),
    "number": (lambda file: exprgrad.read(file)[0], "a column goes by its header or alias, not by 0"),  # type: ignore[index]
    "compiled": (lambda file: exprgrad.compile("t + q").evaluate(file), "no value and no column for q"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wanted_is_said(case: str, file: Path) -> None:
    call, message = WRONG[case]
    with pytest.raises(ExprgradError) as caught:
        call(file)
    assert message in str(caught.value)


def test_without_the_extra_it_is_named(file: Path) -> None:
    program = f"import sys; sys.modules['pyarrow'] = None; import exprgrad; exprgrad.read({str(file)!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr.endswith('exprgrad.read needs pyarrow; install it: pip install "exprgrad[data]"\n')
