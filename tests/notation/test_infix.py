"""Writing: as few parentheses as precedence allows, and what is written reads back."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad import parse
from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.notation.infix import write, write_program
from exprgrad.text.numbers import format_number
from tests.expressions import texts

PLAIN = [name for name, row in FUNCTIONS.items() if not row.expands and "n" not in row.operands]
"""Functions that are one node: what expands may leave a node that is not used, as the 0 of softmax(0)."""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("((a)*(b))+c", "a*b + c"),
        ("(a+b)*c", "(a + b)*c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("a+(b+c)", "a + (b + c)"),
        ("a/(b*c)", "a/(b*c)"),
        ("(a/b)*c", "a/b*c"),
        ("(-x)^2", "(-x)^2"),
        ("-(x^2)", "-x^2"),
        ("-(a+b)", "-(a + b)"),
        ("-(-a)", "-(-a)"),
        ("a*-b", "a*-b"),
        ("2^(-3)", "2^-3"),
        ("(2^3)^2", "(2^3)^2"),
        ("2^(3^2)", "2^3^2"),
        ("(a<b)==c", "(a < b) == c"),
        ("not(a and b) or c", "not (a and b) or c"),
        ("a<b<c", "a < b and b < c"),
        ("(a?b:c)?d:e", "(a ? b : c) ? d : e"),
        ("a?b:(c?d:e)", "a ? b : c ? d : e"),
        ("where(a > 1, b, c) + 1", "(a > 1 ? b : c) + 1"),
        ("mod(a, b)", "a % b"),
        ("pow(a, b)", "a^b"),
        ("huber(x, 1)", "huber(x)"),
        ("huber(x, 2)", "huber(x, 2)"),
        ("pi*x", "pi*x"),
        ("arcsin(x) + ln(x)", "asin(x) + log(x)"),
    ],
)
def test_written(text: str, written: str) -> None:
    assert str(parse(text)) == written


@given(texts(PLAIN, max_leaves=20))
@settings(max_examples=120)
def test_what_is_written_reads_back_to_the_same_graph(text: str) -> None:
    first = parse(text).model
    written = write(first.graph, first.output)
    second = parse(written).model
    assert (second.graph.operations, second.graph.operands) == (first.graph.operations, first.graph.operands)
    assert write(second.graph, second.output) == written


@given(st.floats())
def test_numbers_read_back(value: float) -> None:
    back = float(format_number(value))
    assert back == value or (math.isnan(back) and math.isnan(value))
    assert math.copysign(1, back) == math.copysign(1, value) or math.isnan(value)


def test_a_bound_constant_keeps_its_name_and_the_number_stays_a_number() -> None:
    graph = Graph()
    node = graph.apply("mul", graph.input("e"), graph.constant(math.e))
    assert write(graph, node) == "e*2.718281828459045"


def test_an_expression_that_repeats_itself_names_its_parts() -> None:
    text = "; ".join(["u0 = x + y", *(f"u{k} = u{k - 1}*sin(u{k - 1})" for k in range(1, 40)), "u39"])
    model = parse(text).model
    written = write_program(model.graph, model.output)
    assert len(written) < 3000
    assert parse(written).evaluate(x=0.3, y=0.4) == parse(text).evaluate(x=0.3, y=0.4)


def test_a_label_is_cut() -> None:
    model = parse("+".join(["abc"] * 100)).model
    assert write(model.graph, model.output, limit=10) == "abc + abc …"
