"""Drawings as pictures, by Graphviz's `dot`."""

from __future__ import annotations

import shutil
import subprocess

from exprgrad.errors import OutputError, UsageError
from exprgrad.jobs.draw.captions import widths
from exprgrad.jobs.draw.dot import dot
from exprgrad.jobs.draw.layout import layout
from exprgrad.jobs.draw.result import Drawing
from exprgrad.text.escapes import visible

_LARGE = 200
"""From this many nodes on, `layout` gives the places: dot would take minutes to find the best ones."""


def picture(drawing: Drawing, kind: str) -> bytes:
    """The drawing as SVG or PNG. Raises UsageError if there is no `dot`, OutputError if it fails."""
    program = shutil.which("dot")
    if program is None:
        raise UsageError(
            f"{kind.upper()} is drawn by Graphviz's dot, which is not installed",
            hint="apt install graphviz (or brew install graphviz), or take --format html, mermaid or dot",
        )
    line, text = [program, f"-T{kind}"], dot(drawing)
    if len(drawing.nodes) >= _LARGE:
        line += ["-Kneato", "-n2", "-Gsplines=line"]
        text = dot(drawing, layout(widths(drawing), [(edge.operand, edge.node) for edge in drawing.edges]).centers)
    try:
        done = subprocess.run(line, input=text.encode(), capture_output=True, check=False)
    except OSError as error:
        raise OutputError(f"cannot run {visible(program)}: {error.strerror}") from None
    if done.returncode or not done.stdout:
        said = visible(done.stderr.decode("utf-8", "replace").strip().partition("\n")[0])
        raise OutputError(f"Graphviz's dot failed: {said or f'exit code {done.returncode}'}")
    return done.stdout
