"""The class notebook: every value and gradient that it prints, from the command line.

Its gradients of the sigmoid cell carry the rounding of 1 - s(x) and are compared to 1e-10; the
others to 1e-13. Where the notebook is wrong (sigmoid overwrites a gradient instead of adding to
it, gelu's second term forgets the upstream gradient) `autodiff/test_reverse.py` has the right values.
"""

import pytest

from tests.command import document, rows

CELLS = [
    (
        ["u=a*b; v=u+c; L=v*d", "--a", "3", "--b", "2", "--c", "5", "--d", "5"],
        {"a": (3, 10), "b": (2, 15), "c": (5, 5), "d": (5, 11), "u": (6, 5), "v": (11, 5), "L": (55, 1)},
        1e-13,
    ),
    (["f = x + x", "--x", "4"], {"x": (4, 2), "f": (8, 1)}, 1e-13),
    (
        ["xw = x1*w1 + x2*w2; sigmoid(xw)", "--x1", "3", "--x2", "4", "--w1", "1", "--w2", "2", "--all"],
        {
            "x1*w1": (3, 1.670114291046157e-05),
            "x2*w2": (8, 1.670114291046157e-05),
            "xw": (11, 1.670114291046157e-05),
            "x1": (3, 1.670114291046157e-05),
            "w1": (1, 5.010342873138471e-05),
            "x2": (4, 3.340228582092314e-05),
            "w2": (2, 6.680457164184628e-05),
            "sigmoid(x1*w1 + x2*w2)": (0.999983298578152, 1),
        },
        1e-10,
    ),
    (
        ["ko = k*o; res = ko + m; relu(res)", "--o", "2", "--k", "4", "--m", "5"],
        {"res": (13, 1), "m": (5, 1), "ko": (8, 1), "k": (4, 2), "o": (2, 4), "relu(k*o + m)": (13, 1)},
        1e-13,
    ),
    (
        ["ko = k*o; res = ko + m; gelu(res)", "--o", "2", "--k", "4", "--m", "5"],
        {"res": (13, 1), "m": (5, 1), "ko": (8, 1), "k": (4, 2), "o": (2, 4), "gelu(k*o + m)": (13, 1)},
        1e-13,
    ),
]


@pytest.mark.parametrize(("args", "expected", "tolerance"), CELLS, ids=lambda value: None)
def test_cell(args: list[str], expected: dict[str, tuple[float, float]], tolerance: float) -> None:
    found = rows("eval", *args)
    assert found.keys() == expected.keys()
    for name, (value, gradient) in expected.items():
        assert found[name][0] == pytest.approx(value, rel=1e-13)
        assert found[name][1] == pytest.approx(gradient, rel=tolerance)


PRINTED_EPOCHS = [
    # epoch, loss, w1, its gradient as printed (that of the update before), w2, its gradient
    (0, 28.99999977082038, 3.0, 0.0, 1.0, 0.0),
    (1, 28.10999845560614, 2.92, 8.0, 0.9499999226819006, 5.000007731809938),
    (2, 26.32997728555525, 2.76, 16.0, 0.8499994855723793, 10.000043710952136),
    (3, 23.65935264848688, 2.5199999999999996, 24.0, 0.6999937842877335, 15.000570128464),
]

EXPRESSION = ["relu(x1*w1)+gelu(x2*w2)", "--x1", "8", "--x2", "5", "--w1", "3", "--w2", "1", "--params", "w1,w2"]


def test_the_ten_epochs() -> None:
    run = document("train", *EXPRESSION, "--epochs", "10", "--lr", "0.01", "--accumulate-gradients")
    assert [row["epoch"] for row in run["history"]] == list(range(10))
    before = {"w1": 0.0, "w2": 0.0}
    for row, (epoch, loss, w1, d_w1, w2, d_w2) in zip(run["history"], PRINTED_EPOCHS, strict=False):
        assert row["epoch"] == epoch
        assert row["loss"] == pytest.approx(loss, rel=1e-13)
        assert row["parameters"] == pytest.approx({"w1": w1, "w2": w2}, rel=1e-13)
        assert before == pytest.approx({"w1": d_w1, "w2": d_w2}, rel=1e-13)
        before = row["gradient"]


def test_without_accumulation_each_epoch_starts_from_zero() -> None:
    run = document("train", *EXPRESSION, "--epochs", "3", "--lr", "0.01")
    assert [row["gradient"]["w1"] for row in run["history"]] == [8, 8, 8]
    assert run["parameters"]["w1"] == pytest.approx(3 - 3 * 0.08, rel=1e-15)
