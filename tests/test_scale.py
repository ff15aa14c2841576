"""Large and deep expressions: right answers, no recursion limit, under 1 KB of memory a node.

How the time grows is measured by `python -m benchmarks.scaling`.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from exprgrad import gradient
from tests.command import exprgrad, rows

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
