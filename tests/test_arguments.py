"""Whatever Python hands over, a call works or says what is wanted: nothing from inside comes out."""

from __future__ import annotations

import copy
import math
import pickle
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import exprgrad
from exprgrad import ExprgradError


class Odd:
    """What raises whatever is asked of it."""

    def __float__(self) -> float:
        raise RuntimeError("no number")

    def __repr__(self) -> str:
        raise RuntimeError("no text")


ANYTHING: dict[str, Any] = {
    "None": None,
    "True": True,
    "a text": "12",
    "no text": "",
    "control": "\x1b[2J",
    "bytes": b"12",
    "bytearray": bytearray(b"12"),
    "complex": 1j,
    "a complex of NumPy": np.complex64(1 + 2j),
    "Decimal": Decimal("1.5"),
    "Decimal nan": Decimal("sNaN"),
    "Fraction": Fraction(1, 3),
    "float64": np.float64(2.0),
    "float32": np.float32(2.0),
    "int64": np.int64(2),
    "bool of NumPy": np.bool_(True),
    "text of NumPy": np.str_("12"),
    "a date": np.datetime64("2020-01-01"),
    "no dimensions": np.array(2.0),
    "no dimensions, a text": np.array("2"),
    "two dimensions": np.ones((2, 2)),
    "objects": np.array([None, 1], dtype=object),
    "an array": np.array([1.0, 2.0, 4.0]),
    "complex array": np.array([1j, 2.0]),
    "empty array": np.array([]),
    "masked": np.ma.masked_array([1.0, 2.0], [0, 1]),
    "nan": math.nan,
    "inf": math.inf,
    "-1": -1,
    "0": 0,
    "1.5": 1.5,
    "400 digits": 10**400,
    "5,000 digits": 10**5000,
    "2^63": 2**63,
    "mixed": [1, "2", None],
    "complexes": [1j, 2.0],
    "complexes of NumPy": [np.complex64(1j), 2.0],
    "texts": ["1", "2"],
    "Nones": [None],
    "nested": [[1.0], [2.0]],
    "decimals": [Decimal(1), Fraction(1, 2), 3],
    "signalling": [Decimal("sNaN")],
    "a list": [1.0, 2.0, 4.0],
    "empty": [],
    "a tuple": (1.0, 2.0),
    "a named tuple": exprgrad.Estimate(2.0, 0.1, 20.0, 0.0, 1.8, 2.2),
    "a named tuple without a value": sys.version_info,
    "a fit": exprgrad.fit("y ~ a*x", {"x": [1.0, 2.0, 3.0], "y": [2.1, 3.9, 6.2]}),
    "names": ["a"],
    "a dict": {"a": 5},
    "a dict of texts": {"a": "56"},
    "a dict of Nones": {"a": (None, 1)},
    "a dict of odd keys": {1: 2.0, None: 3.0},
    "a set": {1.0},
    "a function": math.sin,
    "a class": int,
    "an object": object(),
    "odd": Odd(),
    "a generator": (x for x in (1.0, 2.0)),
    "a range": range(3),
    "a memoryview": memoryview(b"12"),
}
X, Y = [1.0, 2.0, 3.0, 4.0], [2.1, 3.9, 6.2, 7.8]
COLUMNS = {"x": X, "y": Y}
EXPRESSION = exprgrad.parse("a*x^2")
COMPILED = exprgrad.compile("a*x^2")


def train(**options: Any) -> Any:
    return exprgrad.train("(a*x-y)^2", {**COLUMNS, "a": 1.0}, ["a"], **options)


def fit(**options: Any) -> Any:
    return exprgrad.fit("y ~ a*x", {**COLUMNS, "a": 1.0}, **options)


CALLS: dict[str, Callable[[Any], Any]] = {
    "parse": exprgrad.parse,
    "parse name": lambda v: exprgrad.parse("x", v),
    "parse formula": lambda v: exprgrad.parse("x", formula=v),
    "Expression": exprgrad.Expression,
    "Compiled": lambda v: exprgrad.Compiled(v, v),
    "Compiled engine": lambda v: exprgrad.Compiled(EXPRESSION, v),
    "evaluate text": exprgrad.evaluate,
    "evaluate": lambda v: exprgrad.evaluate("a*x^2", a=1, x=v),
    "gradient text": exprgrad.gradient,
    "gradient": lambda v: exprgrad.gradient("a*x^2", a=1, x=v),
    "derivative text": lambda v: exprgrad.derivative(v, "x"),
    "derivative": lambda v: exprgrad.derivative("x^2", v),
    "derivative order": lambda v: exprgrad.derivative("x^2", "x", v),
    "derivatives": lambda v: EXPRESSION.derivatives(v),
    "derivatives wrt": lambda v: EXPRESSION.derivatives({}, v),
    "derivatives order": lambda v: EXPRESSION.derivatives({}, order=v),
    "derivatives hessian": lambda v: EXPRESSION.derivatives({}, hessian=v),
    "check": lambda v: EXPRESSION.check(a=1, x=v),
    "hessian": lambda v: EXPRESSION.hessian(a=1, x=v),
    "explain": lambda v: EXPRESSION.explain(v),
    "explain x": lambda v: EXPRESSION.explain({"a": 1, "x": v}),
    "explain limit": lambda v: EXPRESSION.explain({"a": 1, "x": 2}, limit=v),
    "check wrt": lambda v: exprgrad.check("a*x", a=1, x=2, wrt=v),
    "graph wrt": lambda v: exprgrad.graph("a*x", a=1, x=2, wrt=v),
    "graph digits": lambda v: exprgrad.graph("a*x", a=1, x=2, digits=v),
    "plot log": lambda v: exprgrad.plot("x", x=(1, 2), log=v),
    "plot title": lambda v: exprgrad.plot("x", x=(1, 2), title=v),
    "plot a": lambda v: exprgrad.plot("a*x", x=(1, 2), a=v),
    "train threads": lambda v: exprgrad.train("a^2", a=1, params=["a"], threads=v),
    "train backend": lambda v: exprgrad.train("a^2", a=1, params=["a"], backend=v),
    "fit threads": lambda v: fit(threads=v),
    "eval backend": lambda v: exprgrad.eval("a*x", a=1, x=X, backend=v),
    "compile": exprgrad.compile,
    "compile threads": lambda v: exprgrad.compile("x", threads=v),
    "compile backend": lambda v: exprgrad.compile("x", backend=v),
    "compiled evaluate": lambda v: COMPILED.evaluate(a=1, x=v),
    "compiled number": lambda v: COMPILED.evaluate(a=v, x=X),
    "compiled gradient": lambda v: COMPILED.gradient(v, a=1, x=X),
    "compiled gradient x": lambda v: COMPILED.gradient(a=1, x=v),
    "compiled both": lambda v: COMPILED.value_and_gradient(v, a=1, x=X),
    "train text": lambda v: exprgrad.train(v, {"a": 1.0}, ["a"]),
    "train bindings": lambda v: exprgrad.train("a^2", v, ["a"]),
    "train a": lambda v: exprgrad.train("a^2", {"a": v}, ["a"]),
    "train x": lambda v: exprgrad.train("(a*x)^2", {"a": 1, "x": v}, ["a"]),
    "train parameters": lambda v: exprgrad.train("a^2", {"a": 1}, v),
    "train bound": lambda v: train(bound={"a": v}),
    "train bound's end": lambda v: train(bound={"a": (v, 2.0)}),
    "fit text": lambda v: exprgrad.fit(v, {**COLUMNS, "a": 1.0}),
    "fit bindings": lambda v: exprgrad.fit("y ~ a*x", v),
    "fit a": lambda v: exprgrad.fit("y ~ a*x", {**COLUMNS, "a": v}),
    "fit x": lambda v: exprgrad.fit("y ~ a*x", {"x": v, "y": Y}),
    "fit bound": lambda v: fit(bound={"a": v}),
    "fit bound's end": lambda v: fit(bound={"a": (-math.inf, v)}),
    "expression fit request": lambda v: exprgrad.parse("y ~ a*x", formula=True).fit(COLUMNS, v),
}
for name in (
    "fix bound init maximize l2 data engine checkpoints observer epochs lr optimizer"
    " schedule warmup clip_norm accumulate tolerance patience batch_size seed memory every"
).split():
    CALLS[f"train {name}"] = lambda v, name=name: train(**{name: v})  # type: ignore[misc]
for name in (
    "fix bound sigma absolute weights robust scale likelihood trials method max_iterations tolerance confidence"
    " intervals resamples seed"
).split():
    CALLS[f"fit {name}"] = lambda v, name=name: fit(**{name: v})  # type: ignore[misc]


def check_text(text: str) -> None:
    assert text.replace("\n", "").isprintable(), text
    assert len(text) < 1000, text


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.filterwarnings("error")
def test_any_call_works_or_says_what_is_wanted(call: str) -> None:
    for what, value in ANYTHING.items():
        try:
            CALLS[call](value)
        except ExprgradError as error:
            check_text(str(error))
        except Exception as error:
            raise AssertionError(f"{call} of {what}: {type(error).__name__}: {error}") from error


@pytest.mark.parametrize(
    ("call", "value", "message"),
    [
        ("evaluate", 1j, "the value of x must be a binary64 number, not 1j"),
        ("evaluate", np.complex64(1j), "the value of x must be a binary64 number, not"),
        ("evaluate", "12", "the value of x must be a binary64 number, not '12'"),
        ("evaluate", None, "the value of x must be a binary64 number, not None"),
        ("compiled evaluate", [1j, 2.0], "x is not a column of numbers"),
        ("compiled evaluate", "12", "the value of x must be a binary64 number, not '12'"),
        ("compile", None, "the expression is a text, not None"),
        ("compile threads", "2", "threads is a whole number from 1 to 1,024, not '2'"),
        ("compile threads", 1.5, "threads is a whole number from 1 to 1,024, not 1.5"),
        ("compile threads", 0, "threads is a whole number from 1 to 1,024, not 0"),
        ("compile backend", 3, "backend is a text, not 3"),
        ("compile backend", "fast", "there is no backend 'fast'; choose auto, interpreter, llvm"),
        ("derivative order", 1.5, "the order of a derivative is a whole number from 1 on, not 1.5"),
        ("derivative order", True, "the order of a derivative is a whole number from 1 on, not True"),
        ("compiled gradient", [None], "wrt are names of variables in a list, not [None]"),
        ("fit bound", {"a": 5}, "the bound of a is two numbers (low, high), not 5"),
        ("fit bound", 5, "bound takes values by the names of variables, as a dict, not 5"),
        ("fit bound", {"a": (0, "1")}, "an end of the bound of a is a number, not '1'"),
        ("train epochs", 10**400, "epochs is a value of type int, and the limit is 9,223,372,036,854,775,807"),
        ("train observer", 5, "observer is an exprgrad.Observer, not 5; derive a class from it"),
        ("train engine", 5, "engine is an object with backend, threads, not 5"),
    ],
)
def test_what_is_wanted_is_said(call: str, value: Any, message: str) -> None:
    with pytest.raises(ExprgradError) as caught:
        CALLS[call](value)
    assert str(caught.value).startswith(message)


def test_numbers_of_any_library_are_numbers() -> None:
    for two in (2, 2.0, np.float32(2), np.int8(2), np.array(2.0), Fraction(2), Decimal(2)):
        assert exprgrad.evaluate("a*x^2", a=1, x=two) == 4.0
        assert exprgrad.derivative("x^3", "x", int(two)).evaluate(x=1) == 6.0
    assert train(epochs=np.int64(2), batch_size=2.0).epochs == 2
    assert exprgrad.fit("y ~ a*x + b", {**COLUMNS, "a": 1.0}, fix="a").fixed == {"a": 1.0}


TABLE = {"x": X, "y": Y}
WITH_VALUES: dict[str, Callable[[Any], Any]] = {
    "evaluate": lambda a: exprgrad.evaluate("a*x", x=2, a=a),
    "evaluate columns": lambda a: exprgrad.evaluate("a*x", TABLE, a=a),
    "evaluate a dict": lambda a: exprgrad.evaluate("a*x", {"x": X, "a": a}),
    "called": lambda a: exprgrad.parse("a*x")(x=2, a=a),
    "gradient": lambda a: exprgrad.gradient("a*x^2", x=2, a=a),
    "gradient columns": lambda a: exprgrad.gradient("a*x^2", TABLE, a=a)["a"],
    "eval": lambda a: exprgrad.eval("a*x", x=2, a=a),
    "diff": lambda a: exprgrad.diff("a*x", a=a),
    "check": lambda a: exprgrad.check("a*x", x=2, a=a),
    "explain": lambda a: exprgrad.explain("a*x", x=2, a=a),
    "hessian": lambda a: exprgrad.parse("a*x^2").hessian(x=2, a=a),
    "graph": lambda a: exprgrad.graph("a*x", x=2, a=a)._repr_svg_(),
    "compile": lambda a: exprgrad.compile("a*x").evaluate(x=X, a=a),
    "fit": lambda a: exprgrad.fit("y ~ a*x + b", TABLE, a=a, fix="a"),
    "fit a dict": lambda a: exprgrad.fit("y ~ a*x + b", {**TABLE, "a": a}, fix="a"),
    "train": lambda a: exprgrad.train("(a*x-y)^2", TABLE, ["a"], a=a, epochs=2),
    "train a dict": lambda a: exprgrad.train("(a*x-y)^2", {**TABLE, "a": a}, ["a"], epochs=2),
    "map": lambda a: exprgrad.map("a*x", TABLE, a=a)["value"],
    "a list": lambda a: exprgrad.evaluate("a*2", a=[a, a]),
    "plot": lambda a: exprgrad.plot("a*x", x=(0, 1), points=3, a=a).result.curves[0].values,  # type: ignore[union-attr]
    "plot a fold": lambda a: exprgrad.plot("mean(a*x*w)", TABLE, w=(0, 1), points=3, a=a).result.curves[0].values,  # type: ignore[union-attr]
}


@pytest.mark.parametrize("call", WITH_VALUES)
def test_an_estimate_counts_as_its_value(call: str) -> None:
    estimate = fit().parameters["a"]
    assert float(estimate) == estimate.value
    assert str(WITH_VALUES[call](estimate)) == str(WITH_VALUES[call](estimate.value))


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_expressions_and_what_is_compiled_are_copied_by_their_text(again: Callable[[Any], Any]) -> None:
    compiled = again(exprgrad.compile("u = a*x; mean(u^2)", threads=2, backend="interpreter"))
    assert (compiled.engine.threads, compiled.engine.backend) == (2, "interpreter")
    assert compiled.value_and_gradient(a=2.0, x=[1.0, 2.0]) == (10.0, {"a": 10.0})
    for expression in (exprgrad.parse("u = a*x; u^2", "file"), exprgrad.derivative("a*x^3 + e", "x")):
        assert again(expression).gradient(a=2, x=3) == expression.gradient(a=2, x=3)
        assert again(expression).text == expression.text
    assert again(exprgrad.parse("y ~ a*x", formula=True)).fit({**COLUMNS, "a": 1.0}) == fit()
