"""Derivatives of long formulas: what is written and computed grows as the formula does, counted and not timed."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from exprgrad import LimitError, parse
from exprgrad.graph.graph import Graph
from exprgrad.jobs.differentiate import differentiate as job
from exprgrad.jobs.differentiate.differentiate import differentiate
from exprgrad.jobs.differentiate.result import Derivatives
from exprgrad.notation.latex import latex_program


def nested(count: int) -> str:
    """A function of a function of … x."""
    return "".join(f"{('sin', 'exp', 'tanh')[k % 3]}(" for k in range(count)) + "x" + ")" * count


def alternating(count: int) -> str:
    """min(max(min(… with repeated operands."""
    text = "x"
    for k in range(count):
        text = f"{('min', 'max')[k % 2]}({text}, max(y, x*{k % 7 + 1}))"
    return text


@pytest.mark.parametrize("formula", [nested, alternating])
@pytest.mark.parametrize("of", ["text", "latex"])
def test_a_formula_of_twice_the_length_is_written_in_twice_the_length(formula: Callable[[int], str], of: str) -> None:
    short, long = (
        sum(len(getattr(each, of)) for each in differentiate(parse(formula(count)).model, {}).formulas.values())
        for count in (100, 200)
    )
    assert long < 3 * short


def test_conditions_that_are_joined_already_are_not_joined_anew() -> None:
    count = 60
    for each in differentiate(parse(alternating(count)).model, {}).formulas.values():
        assert each.text.count(" or ") < 3 * count


@pytest.mark.parametrize("formula", [nested, alternating])
def test_nodes_made_grow_as_the_formula_does(formula: Callable[[int], str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [0]
    intern = Graph._intern

    def counted(self: Graph, *given: object) -> int:
        asked[0] += 1
        return intern(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Graph, "_intern", counted)
    counts = []
    for count in (100, 200):
        asked[0] = 0
        differentiate(parse(formula(count)).model, {})
        counts.append(asked[0])
    assert counts[1] < 3 * counts[0]


def test_a_long_latex_names_what_repeats() -> None:
    model = parse("; ".join(["a1 = x*sin(x)", *(f"a{k} = a{k - 1}*sin(a{k - 1})" for k in range(2, 12)), "a11"])).model
    graph = model.graph
    written = latex_program(graph, model.output)
    assert written.startswith(r"t_{1} = x \sin\left(x\right);\quad t_{2} = t_{1} \sin")
    assert written.count(r";\quad ") >= 9
    assert len(written) < 1_000


def test_formulas_are_values() -> None:
    result = differentiate(parse("x^2*y").model, {})
    again = pickle.loads(pickle.dumps(result))
    assert again == result
    assert isinstance(again, Derivatives)
    assert [(each.text, each.latex) for each in again.formulas.values()] == [("2*x*y", "2 x y"), ("x^2", "{x}^{2}")]
    assert repr(again.formulas["x",]) == "Formula('2*x*y')"
    assert hash(again.formulas["x",]) == hash(result.formulas["x",])


def test_a_formula_through_too_many_functions_is_refused_before_its_derivative_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job, "LARGEST", 100)
    monkeypatch.setattr(job, "derivatives", lambda *given: pytest.fail("derivatives were made"))
    with pytest.raises(LimitError, match="through 101 functions: the limit is 100") as caught:
        differentiate(parse(nested(101)).model, {})
    assert caught.value.hint == "eval gives their numbers"


def test_a_long_formula_with_a_short_derivative_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "LARGEST", 100)
    text = "x^2 + " + " + ".join(f"{k}*x + sin({k}*y)" for k in range(1, 60))
    assert differentiate(parse(text).model, {}, ["x"]).formulas["x",].text == "2*x + 1770"
