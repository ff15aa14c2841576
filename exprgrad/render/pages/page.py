"""The page of a result: the formula typeset, its numbers, pictures to read points from, the graph, and how all this was
made.

It needs no network and uses none. Like the page of a graph, which it holds as a frame, it allows only its own scripts
and styles, by their hashes. Without scripts everything is there except the reading of points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import NamedTuple

from exprgrad.graph.lower import Model
from exprgrad.jobs.draw.page import html as graph_page
from exprgrad.jobs.draw.result import Drawing
from exprgrad.jobs.fit.result import Fit
from exprgrad.jobs.train.result import Training
from exprgrad.jobs.uncertainty.result import Uncertainty
from exprgrad.notation import mathml
from exprgrad.notation.size import TYPESET, sides_to_typeset
from exprgrad.render.naming import short
from exprgrad.render.pages.plot import content, plots
from exprgrad.render.pages.told import told, wide
from exprgrad.render.pictures.uncertain import Picture
from exprgrad.text.escapes import visible
from exprgrad.text.html import as_json, policy


class Origin(NamedTuple):
    """How a result came about."""

    command: str
    """As a shell takes it."""
    program: str
    """The expression, where the command does not have it."""
    versions: Mapping[str, str]


def page(
    result: Training | Fit | Uncertainty,
    model: Model,
    pictures: Sequence[Picture],
    drawing: Drawing | None,
    origin: Origin,
) -> str:
    """The whole document. `drawing` is None where the graph is too large to be shown."""
    style, script = _file("report.css"), _file("report.js")
    graph_style, *graph_scripts = graph_page.assets()
    said = told(result)
    values = {
        "kind": said.kind,
        "title": escape(visible(short(result.expression))),
        "policy": policy([style, graph_style], [script, *graph_scripts]),
        "style": style,
        "formula": _formula(result, model),
        "notes": "".join(f'<p class="note">{escape(visible(line))}</p>' for line in _lines(result.notes)),
        "numbers_heading": said.numbers[0],
        "numbers": said.numbers[1],
        "plots": plots(pictures),
        "rest_heading": said.rest[0],
        "rest": said.rest[1],
        "graph": _graph(drawing),
        "command": escape(visible(origin.command)),
        "program": f"<pre>{escape(_printable(origin.program))}</pre>" if origin.program else "",
        "versions": wide((), list(origin.versions.items())),
        "data": as_json(content(pictures)),
        "script": f"<script>{script}</script>",
    }
    return Template(_file("report.html")).substitute(values)


def _lines(notes: Sequence[str]) -> list[str]:
    """Notes without the excerpts of the source text below them."""
    return [note.partition("\n")[0] for note in notes]


def _formula(result: Training | Fit | Uncertainty, model: Model) -> str:
    """MathML, or where it would be long or has several results the expression as text."""
    graph = model.graph
    several = isinstance(result, Uncertainty) and len(result.results) > 1
    sides = sides_to_typeset(model) if len(graph) <= TYPESET and not several else []
    if not sides:
        return f"<pre>{escape(visible(result.expression))}</pre>"
    text = '<mo lspace="0.4em" rspace="0.4em">~</mo>'.join(
        f"<mrow>{mathml.mathml(graph, side)}</mrow>" for side in sides
    )
    return f'<div class="formula">{mathml.OPEN}<mrow>{text}</mrow></math></div>'


def _graph(drawing: Drawing | None) -> str:
    if drawing is None:
        return "<p>The graph is too large to be drawn here: see <code>exprgrad graph --help</code>.</p>"
    return f'<iframe title="The graph of the expression" srcdoc="{escape(graph_page.page(drawing))}"></iframe>'


def _printable(text: str) -> str:
    return "\n".join(map(visible, text.strip().splitlines()))


def _file(name: str) -> str:
    return files("exprgrad.render").joinpath("pages", name).read_text("utf-8")
