"""Drawings in the language of Mermaid, which GitHub and GitLab show in Markdown."""

from __future__ import annotations

import re

from exprgrad.jobs.draw.captions import lines, short
from exprgrad.jobs.draw.result import Drawing
from exprgrad.text.escapes import visible
from exprgrad.text.numbers import unsigned

_SHAPES = {"input": "([{}])", "constant": "(({}))", "operation": "[{}]", "result": "[[{}]]"}
_SPECIAL = re.compile(r"[^\w\s().,=+/\-]|_")
"""Characters that have a meaning in a label: in quotes, HTML, entities and Markdown's emphasis."""


def mermaid(drawing: Drawing) -> str:
    """A flowchart from the variables down to the result."""
    text = [f"%% {_comment(drawing.expression)}", "flowchart TD"]
    for k, node in enumerate(drawing.nodes):
        label = "<br/>".join(map(_escape, lines(drawing, node)))
        text.append("  n{}{}".format(k, _SHAPES[node.kind].format(f'"{label}"')))
    for edge in drawing.edges:
        arrow = "-.->" if edge.rule and edge.partial is None else "-->"
        label = "" if edge.partial is None else f'|"{_escape(short(drawing, unsigned(edge.partial)))}"|'
        text.append(f"  n{edge.operand} {arrow}{label} n{edge.node}")
    return "\n".join(text) + "\n"


def _escape(text: str) -> str:
    """Text within quotes: `#42;` is the character 42."""
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", text)


def _comment(text: str) -> str:
    """Text of a comment, without braces: Mermaid would take them for a directive."""
    return visible(text).replace("{", "(").replace("}", ")")
