"""Messages that the command line and Python share name options there and keywords here."""

from __future__ import annotations

import re
from typing import Any

import pytest

import exprgrad
from exprgrad.errors import UsageError, options_named
from exprgrad.keywords import unknown
from exprgrad.text.keywords import as_keywords
from tests.command import exprgrad as command


@pytest.mark.parametrize(
    ("option", "keyword"),
    [
        (
            "skip such rows with --nulls skip, or give --nulls nan",
            'skip such rows with nulls="skip", or give nulls="nan"',
        ),
        ("choose from --params x,y", 'choose from params=["x", "y"]'),
        ("give --thousands . and --decimal , for groups", 'give thousands="." and decimal="," for groups'),
        ("give --delimiter or --decimal, and --skip-lines where", "give delimiter or decimal, and skip_lines where"),
        ('did you mean y? (or --column "yy=Temp (°C)")', "did you mean y? (or column={'yy': 'Temp (°C)'})"),
        ("--time 't=s' reads the column as times", "time={'t': 's'} reads the column as times"),
        ("give a list, --y 1,2,3, or --data FILE", "give a list, y=[1, 2, 3], or data=FILE"),
        ("give one as --x -5:5", "give one as x=(-5, 5)"),
        ("give more, --epochs 100, or --lr 1e-3", "give more, epochs=100, or lr=1e-3"),
        ("give --header-row or --no-header", "give header=True or header=False"),
        ("fix some with --fix NAME", "fix some with fix=[NAME]"),
        ("leave out --robust, or give --scale", "leave out robust, or give scale"),
        ("unpack it: xz -dc FILE | exprgrad … --data -", "unpack it: xz -dc FILE | exprgrad … --data -"),
        ("see exprgrad graph --help", "see exprgrad graph --help"),
        ("x - --y is no option", "x - y is no option"),
        ("a-b--c", "a-b--c"),
    ],
)
def test_options_as_keywords(option: str, keyword: str) -> None:
    assert as_keywords(option) == keyword


def test_an_error_names_keywords_where_it_leaves_python() -> None:
    with pytest.raises(UsageError) as caught:
        exprgrad.train("x*y", {"x": 1, "y": 2})
    assert str(caught.value).endswith('choose from params=["x", "y"]')
    with options_named():
        assert str(caught.value).endswith("choose from --params x,y")
    assert command("train", "x*y", "--x", "1", "--y", "2").stderr.endswith("choose from --params x,y\n")


def test_a_suggestion_is_a_keyword_that_there_is() -> None:
    for known, wrong, right in (
        (["lr"], "learning_rate", "lr"),
        (["absolute"], "absolute_sigma", "absolute"),
        (["epochs", "optimizer"], "optimiser", "optimizer"),
        (["max_iterations"], "maxiter", "max_iterations"),
    ):
        assert str(unknown("f", wrong, known)) == f"f has no keyword {wrong}; did you mean {right}?"
    assert str(unknown("f", "zzz", ["a", "b"])) == "f has no keyword zzz; it has a, b"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"prior": {"u": 1}}, "the prior on u is a mean and an error, not 1"),
        ({"prior": {"u": (1, "x")}}, "the prior on u is a mean and an error"),
        ({"prior": 5}, "prior takes texts, not 5"),
        ({"where": 3}, "where takes texts, not 3"),
        ({"fix": 3}, "fix takes"),
        ({"bound": {"u": 3}}, "the bound of u is two numbers"),
        ({"sigma": "s", "sigma_x": "s"}, "sigma_x takes the errors of columns, not 's'"),
        ({"sigma": "s", "sigma_x": 3}, "sigma_x takes texts"),
    ],
)
def test_what_a_fit_is_told_in_a_wrong_shape(options: dict[str, Any], words: str) -> None:
    data = {"x": [1.0, 2, 3], "y": [1.0, 2, 3.1], "s": [0.1] * 3}
    with pytest.raises(exprgrad.ExprgradError, match=re.escape(words)):
        exprgrad.fit("y ~ u + v*x", data, **options)
    by_text = exprgrad.fit("y ~ u + v*x", data, sigma="s", sigma_x="x=s")
    assert by_text.parameters == exprgrad.fit("y ~ u + v*x", data, sigma="s", sigma_x={"x": "s"}).parameters
