"""Drawings in DOT and Mermaid, and the layout of the page: every node and edge is there, nothing overlaps."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad import parse
from exprgrad.jobs.draw.dot import dot
from exprgrad.jobs.draw.graphviz import picture
from exprgrad.jobs.draw.layout import GAP, HEIGHT, layout
from exprgrad.jobs.draw.mermaid import mermaid
from exprgrad.jobs.draw.page.html import page
from exprgrad.jobs.draw.result import Drawing, DrawnEdge, DrawnNode
from tests.expressions import bindings, texts
from tests.handing import drawn
from tests.test_notebook import CELLS
from tests.tools import needs

HOSTILE = [
    '"',
    "\\",
    "\\N",
    "</script>",
    "&lt;",
    "<b>",
    "]; end",
    "-->",
    "`x`",
    "**x**",
    "#quot;",
    "\n",
    "\x1b[31m",
    "\0",
    "$data",
]
"""What no name of the language can be; a drawing must stand it all the same."""


def hostile(text: str) -> Drawing:
    nodes = (DrawnNode(text, "", "input", 1.0, 2.0, text), DrawnNode("L", f"sin({text})", "result", 0.5, 1.0))
    return Drawing(text, text, nodes, (DrawnEdge(0, 1, text, 2.0),))


@given(texts(), bindings)
@settings(max_examples=60, deadline=None)
def test_numbers_are_those_of_the_evaluation(text: str, values: dict[str, float]) -> None:
    expression = parse(text)
    used = {name: values[name] for name in expression.variables}
    drawing = drawn(expression, used)
    ((value, adjoint),) = [(node.value, node.adjoint) for node in drawing.nodes if node.kind == "result"]
    assert repr(value) == repr(expression.evaluate(**used))
    assert adjoint in (1.0, None)
    gradient = {node.name: repr(node.adjoint) for node in drawing.nodes if node.name in used}
    assert gradient == {name: repr(slope) for name, slope in expression.gradient(**used).items()}
    for step in drawing.steps:
        node = drawing.nodes[step.node]
        assert step.backward or repr(step.number) == repr(node.value)
        assert step.edge is None or drawing.edges[step.edge].operand == step.node
    last = {step.node: step.number for step in drawing.steps if step.backward}
    assert all(repr(number) == repr(drawing.nodes[node].adjoint) for node, number in last.items())


def test_without_numbers_it_is_the_structure() -> None:
    drawing = drawn(parse("u = a*b; u + 2"), {"a": 3})
    assert [node.name for node in drawing.nodes] == ["a", "b", "u", "2", "L"]
    assert {(node.value, node.adjoint) for node in drawing.nodes} == {(None, None)}
    assert [(edge.operand, edge.node) for edge in drawing.edges] == [(0, 2), (1, 2), (2, 4), (3, 4)]
    assert not drawing.steps


def test_what_is_not_used_is_not_drawn() -> None:
    assert [node.name for node in drawn(parse("diff(x^3, x)"), {"x": 2}).nodes] == ["x", "3", "L"]


def sample() -> Drawing:
    return drawn(parse("x > 0 ? log(x) : x + x"), {"x": -1})


def test_dot() -> None:
    text = dot(sample())
    assert len(re.findall(r"^  n\d+ \[label=", text, re.MULTILINE)) == len(sample().nodes)
    assert len(re.findall(r"^  n\d+ -> n\d+", text, re.MULTILINE)) == len(sample().edges)
    assert text.count("style=dashed") == 2, "the condition, and the branch not taken"


def test_mermaid() -> None:
    text = mermaid(sample())
    assert len(re.findall(r'^  n\d+[(\[]+"', text, re.MULTILINE)) == len(sample().nodes)
    assert len(re.findall(r"^  n\d+ -(\.-)?-?>", text, re.MULTILINE)) == len(sample().edges)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_in_dot(text: str) -> None:
    for line in dot(hostile(text)).splitlines()[4:-1]:
        # What stands in quotes ends where it should: outside of them there are only our own words.
        outside = re.sub(r'"(\\.|[^"\\])*"', "", line)
        assert re.fullmatch(r"  n\d( -> n\d)? \[[a-z=,\d ]*\]", outside), line
        assert line.isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_in_mermaid(text: str) -> None:
    for line in mermaid(hostile(text)).splitlines()[2:]:
        inside = re.fullmatch(r'  n\d(?:\(\[|\[\[| -->\|)"([^"]*)"(?:\]\)|\]\]|\| n\d)', line)
        assert inside, line
        assert re.fullmatch(r"(?:[\w\s().,=+/\-]|#\d+;)*", inside[1].replace("<br/>", "")), line


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_in_the_page(text: str) -> None:
    html, plain = page(hostile(text)), page(hostile("harmless"))
    assert re.findall(r"<(/?[a-z]+)", html) == re.findall(r"<(/?[a-z]+)", plain), "no element more or less"
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", html)


@needs("dot")
@pytest.mark.parametrize("make", [sample, *(lambda text=text: hostile(text) for text in HOSTILE)])
def test_graphviz_takes_it(make: Callable[[], Drawing]) -> None:
    drawing = make()
    done = subprocess.run(["dot", "-Tsvg"], input=dot(drawing).encode(), capture_output=True, check=True)
    assert done.stderr == b""
    assert done.stdout.count(b'class="node"') == len(drawing.nodes)
    assert done.stdout.count(b'class="edge"') == len(drawing.edges)


def chain(length: int) -> Drawing:
    steps = "; ".join(["a0 = x", *(f"a{k} = sin(a{k - 1}*w)" for k in range(1, length))])
    return drawn(parse(f"{steps}; a{length - 1}*2"), {"x": 1, "w": 2})


@needs("dot")
def test_large_pictures_are_placed_by_our_layout() -> None:
    drawing = chain(900)  # dot would look for places for many minutes
    found = picture(drawing, "svg")
    assert found.count(b'class="node"') == len(drawing.nodes) > 1_800
    assert found.count(b'class="edge"') == len(drawing.edges)
    assert picture(chain(2), "png").startswith(b"\x89PNG")


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[float], list[tuple[int, int]]]:
    """Widths, and edges from lower to higher numbers."""
    widths = draw(st.lists(st.floats(10, 250), min_size=1, max_size=25))
    pairs = st.tuples(st.integers(0, len(widths) - 1), st.integers(0, len(widths) - 1))
    edges = draw(st.lists(pairs.filter(lambda pair: pair[0] < pair[1]), max_size=40)) if len(widths) > 1 else []
    return widths, edges


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_boxes_do_not_overlap_and_edges_lead_down(graph: tuple[list[float], list[tuple[int, int]]]) -> None:
    widths, edges = graph
    places = layout(widths, edges)
    for operand, node in edges:
        assert places.centers[operand][1] < places.centers[node][1]
    for k, (x, y) in enumerate(places.centers):
        assert widths[k] / 2 <= x <= places.width - widths[k] / 2
        assert HEIGHT / 2 <= y <= places.height - HEIGHT / 2
        for other in range(k):
            if places.centers[other][1] == y:
                apart = abs(places.centers[other][0] - x) - (widths[k] + widths[other]) / 2
                assert apart >= GAP - 1e-6
    for (operand, node), bends in zip(edges, places.bends, strict=True):
        heights = [places.centers[operand][1], *(y for _, y in bends), places.centers[node][1]]
        assert heights == sorted(set(heights))


def test_a_tree_stays_in_order() -> None:
    places = layout([50.0] * 7, [(0, 4), (1, 4), (2, 5), (3, 5), (4, 6), (5, 6)])
    assert [x for x, _ in places.centers[:4]] == sorted(x for x, _ in places.centers[:4])
    assert places.centers[6][0] == pytest.approx(places.width / 2)


@pytest.mark.parametrize(("args", "expected", "tolerance"), CELLS, ids=lambda value: None)
def test_the_notebook_drawn(args: list[str], expected: dict[str, tuple[float, float]], tolerance: float) -> None:
    values = {k.removeprefix("--"): float(v) for k, v in zip(args[1::2], args[2::2], strict=False)}
    nodes = {node.name: node for node in drawn(parse(args[0]), values).nodes}
    for name, (value, slope) in expected.items():
        if name in nodes:
            assert (nodes[name].value, nodes[name].adjoint) == pytest.approx((value, slope), rel=tolerance)
