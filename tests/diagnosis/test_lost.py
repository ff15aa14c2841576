"""Where numbers are lost over columns: which row and operation the note names, and what the search costs."""

import pytest

from exprgrad import parse
from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.diagnosis.lost import lost_notes


class Batches:
    """Rows in batches of two, as a row source that counts how often it is read."""

    rows = None

    def __init__(self, columns):
        self.columns = columns
        self.names = tuple(columns)
        self.passes = self.read_rows = 0

    def read(self, names):
        self.passes += 1
        for start in range(0, len(self.columns[self.names[0]]), 2):
            self.read_rows += 2
            yield {name: self.columns[name][start : start + 2] for name in names}

    def place(self, row):
        return f"row {row + 1}"


def searched(text, numbers, columns, wrt=(), backend="interpreter"):
    """The first line of the note, and the source."""
    source = Batches(columns)
    model, inputs = bind(parse(text).lowered, numbers, source)
    notes = lost_notes(model, inputs.numbers, source, Engine(backend), wrt)
    return notes[0].split("\n")[0] if notes else "", source


X, Y = [1.0, 4.0, 9.0, 16.0], [1.0, 1.0, 1.0, 1.0]
CASES = [
    ("mean(log(x))", {}, {"x": [1.0, 1.0, -1.0, 1.0]}, (), "log(x) is nan at x = -1 (row 3)"),
    ("log(x)*w", {"w": 2}, {"x": [1.0, 1.0, 1.0, 0.0]}, (), "log(x) is minus infinity at x = 0 (row 4)"),
    ("sum(sqrt(x)*w)", {"w": 2}, {"x": [1.0, 0.0]}, ("x",), "the derivative of sqrt(x) is infinite at x = 0 (row 2)"),
    ("sum(sqrt(x)*w)", {"w": 2}, {"x": [1.0, 0.0]}, (), ""),
    ("mean(x)*w", {"w": 2}, {"x": [1.0, float("inf")]}, (), "x is inf (row 2)"),
    ("sum(x)*w", {"w": 1}, {"x": [1e308, 1e308]}, (), "sum(x) is infinite though every row is finite"),
    ("sqrt(sum(x)*w)", {"w": 0}, {"x": X}, (), "the derivative of sqrt(sum(x)*w) is infinite at sum(x)*w = 0"),
    ("sum(x - inf) + sum(log(y))", {}, {"x": Y, "y": [1.0, -1.0, 1.0, 1.0]}, (), "log(y) is nan at y = -1 (row 2)"),
    ("mean(x*w)", {"w": 2}, {"x": X}, ("x",), ""),
]


@pytest.mark.parametrize(("text", "numbers", "columns", "wrt", "note"), CASES)
@pytest.mark.parametrize("backend", ["interpreter", "llvm"])
def test_the_note_names_the_operation_and_the_row(text, numbers, columns, wrt, note, backend):
    assert searched(text, numbers, columns, wrt, backend)[0] == note


def test_a_derivative_with_respect_to_a_fold_is_watched():
    note, _ = searched("sum(sqrt(x - min(x*w)))", {"w": 1}, {"x": [3.0, 2.0, 5.0]})
    assert note == "the derivative of sqrt(x - min(x*w)) is infinite at x - min(x*w) = 0 (row 2)"


def test_the_first_fold_comes_before_an_earlier_row_of_the_next():
    columns = {"x": [1.0, 1.0, 1.0, -1.0], "y": [-1.0, 1.0, 1.0, 1.0]}
    assert searched("sum(log(x)) + sum(sqrt(y))", {}, columns)[0] == "log(x) is nan at x = -1 (row 4)"


def test_one_pass_searches_all_folds():
    _, source = searched("sum(log(x)) + sum(sqrt(y)) + norm(x*y)", {}, {"x": X, "y": Y})
    assert source.passes == 2  # the one that folds, and the one that is searched


def test_the_search_ends_at_the_row():
    _, source = searched("sum(log(x)) + sum(y)", {}, {"x": [-1.0] * 1000, "y": [1.0] * 1000})
    assert (source.passes, source.read_rows) == (2, 1002)
