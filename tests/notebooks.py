"""Notebooks of `examples/`, run by a real kernel: `python -m tests.notebooks FILE …` writes what the cells give now.

What is compared is the plain text of each output, and as which kinds it is shown: pictures and HTML have all digits, of
which the last ones depend on the machine.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(path: Path) -> Any:
    """The notebook with what its cells give."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.pop("outputs", None) if cell.cell_type != "code" else cell.outputs.clear()
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(EXAMPLES)}},
        record_timing=False,
    )
    client.execute()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def shown(notebook: Any) -> list[tuple[str, list[str]]]:
    """The plain text of each output, and as which kinds it is shown."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [
        (output.data.get("text/plain", ""), sorted(output.data)) if "data" in output else (output.get("text", ""), [])
        for output in outputs
    ]


def write(path: Path) -> None:
    """Write what the cells of a notebook give now."""
    nbformat.write(run(path), path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write(Path(name))
