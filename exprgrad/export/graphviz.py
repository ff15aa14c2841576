"""Drawings as pictures, by Graphviz's `dot`."""

from __future__ import annotations

import shutil
import subprocess

from exprgrad.errors import OutputError, UsageError, visible
from exprgrad.export.dot import dot
from exprgrad.results import Drawing

PICTURES = ("svg", "png")


def picture(drawing: Drawing, kind: str) -> bytes:
    """The drawing as SVG or PNG. Raises UsageError if there is no `dot`, OutputError if it fails."""
    program = shutil.which("dot")
    if program is None:
        raise UsageError(
            f"{kind.upper()} is drawn by Graphviz's dot, which is not installed",
            hint="apt install graphviz (or brew install graphviz), or take --format html, mermaid or dot",
        )
    try:
        done = subprocess.run([program, f"-T{kind}"], input=dot(drawing).encode(), capture_output=True, check=False)
    except OSError as error:
        raise OutputError(f"cannot run {visible(program)}: {error.strerror}") from None
    if done.returncode or not done.stdout:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise OutputError(f"{visible(program)} failed: {visible(said) or f'exit code {done.returncode}'}")
    return done.stdout
