"""Large and deep expressions: right answers, no recursion limit, under 1 KB of memory a node.

How the time grows is measured by `python -m benchmarks.scaling`.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from exprgrad import LimitError, gradient, parse
from tests.command import exprgrad, rows

pytestmark = pytest.mark.no_cover

MILLION = 1_000_000

_MEASURE = """
import json, resource, sys
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from exprgrad import parse
expression = parse(sys.stdin.read())
bindings = json.loads(sys.argv[1])
value, slopes = expression.evaluate(**bindings), expression.gradient(**bindings)
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([value, slopes, len(expression.model.graph), used * 1024]))
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "bindings", "value", "slopes"),
    [
        ("+".join(["a"] * (MILLION + 1)), {"a": 2.0}, 2.0 * (MILLION + 1), {"a": MILLION + 1}),
        ("*".join(["a"] * (MILLION + 1)), {"a": -1.0}, -1.0, {"a": MILLION + 1}),
    ],
    ids=["sum", "product"],
)
def test_a_million_nodes(text: str, bindings: dict[str, float], value: float, slopes: dict[str, float]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, json.dumps(bindings)], input=text, capture_output=True, text=True, check=True
    )
    found_value, found_slopes, nodes, memory = json.loads(done.stdout)
    assert (found_value, found_slopes, nodes) == (value, slopes, MILLION + 1)
    assert memory / nodes < 1024


@pytest.mark.parametrize(
    ("text", "at", "value", "slope"),
    [
        ("(" * 100_000 + "a" + ")" * 100_000, 3.0, 3.0, 1.0),
        ("-" * 100_001 + "a", 3.0, -3.0, -1.0),
        ("a" + "^1" * 100_000, 3.0, 3.0, 1.0),
        ("^".join(["a"] * 100_000), 1.0, 1.0, 1.0),
        ("sin(" * 100_000 + "a" + ")" * 100_000, 0.0, 0.0, 1.0),
        ("a > 0 ? a : " * 50_000 + "a", 2.0, 2.0, 1.0),
        ("not " * 100_000 + "a", 2.0, 1.0, 0.0),
        ("+".join(["a"] * 100_000), 1.0, 100_000.0, 100_000.0),
    ],
    ids=["parentheses", "minus", "power", "power of powers", "calls", "conditionals", "not", "sum"],
)
def test_deep(text: str, at: float, value: float, slope: float) -> None:
    found = rows("eval", "-f", "-", "--a", str(at), stdin=text)
    assert found["a"] == (at, slope)
    assert list(found.values())[-1] == (value, 1.0)


def test_deep_with_symbols() -> None:
    done = exprgrad("eval", "-f", "-", stdin="-" * 100_001 + "(a*b)")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == ["a\ta\t-b", "b\tb\t-a"]


def test_deep_functions_of_the_user() -> None:
    lines = ["f0(x) = x + 1", *(f"f{k}(x) = f{k - 1}(x) + 1" for k in range(1, 20_000)), "f19999(a)"]
    assert gradient("\n".join(lines), a=0) == {"a": 1}


def test_many_variables() -> None:
    text = "+".join(f"x{k}" for k in range(20_000))
    done = exprgrad("eval", "-f", "-", "--x7", "3", "--json", stdin=text)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["unbound"]) == 19_999


DOUBLING = [*(f"f{k}(t) = f{k - 1}(f{k - 1}(t))" for k in range(1, 40)), "f39(x)"]
CHAIN = ["u0 = sin(x)", *(f"u{k} = sin(u{k - 1})" for k in range(1, 5000))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (["f0(t) = t + 1", *DOUBLING], "expand to more than"),
        (["f0(t) = diff(sin(t), t)", *DOUBLING], "have more than"),
        ([*CHAIN, "+".join(f"diff(u{k}, x)" for k in range(5000))], "have more than"),
    ],
    ids=["doubling", "doubling derivatives", "derivatives of a chain"],
)
def test_what_expands_without_end_is_refused(text: list[str], message: str) -> None:
    with pytest.raises(LimitError, match=message):
        parse("\n".join(text))


def test_many_derivatives_in_one_program() -> None:
    text = "+".join(f"diff(sin({k}*x), x)" for k in range(3000))
    assert parse(text).evaluate(x=0) == sum(range(3000))


def test_a_derivative_too_long_to_be_simplified_is_refused() -> None:
    done = exprgrad("diff", "-f", "-", stdin="sin(" * 150_000 + "x" + ")" * 150_000)
    assert done.returncode == 4
    assert done.stderr.startswith("exprgrad: derivatives of 449,999 nodes: the limit")
