"""The formats of a drawing, by their names and by the suffixes of files; only what a format needs is imported."""

from __future__ import annotations

from exprgrad.errors import LimitError
from exprgrad.jobs.draw.result import Drawing

FORMATS = ("dot", "mermaid", "svg", "png", "html")
SUFFIXES = {name: name for name in FORMATS} | {"gv": "dot", "mmd": "mermaid", "htm": "html"}
MOST_DRAWN = 2_000
"""Nodes of a graph that is drawn for people; in DOT there may be any number."""


def check_size(size: int, kind: str) -> None:
    """Raises LimitError for a graph of so many nodes that it is no picture."""
    if kind != "dot" and size > MOST_DRAWN:
        hint = "draw a part of it, or take --format dot, which has no limit (and Graphviz's sfdp, for large graphs)"
        raise LimitError(f"a graph of {size:,} nodes: the limit is {MOST_DRAWN:,}", hint=hint)


def content(drawing: Drawing, kind: str) -> bytes:
    """The drawing in a format; SVG and PNG by Graphviz."""
    if kind in ("svg", "png"):
        from exprgrad.jobs.draw.graphviz import picture

        return picture(drawing, kind)
    if kind == "html":
        from exprgrad.jobs.draw.page.html import page

        return page(drawing).encode()
    if kind == "mermaid":
        from exprgrad.jobs.draw.mermaid import mermaid

        return mermaid(drawing).encode()
    from exprgrad.jobs.draw.dot import dot

    return dot(drawing).encode()
