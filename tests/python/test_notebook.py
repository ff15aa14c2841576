"""The notebook that a reader opens holds what a real kernel shows."""

from __future__ import annotations

import nbformat
import pytest

from tests.notebooks import EXAMPLES, run, shown


@pytest.mark.filterwarnings("ignore")  # those of the kernel's own packages
def test_the_notebook_shows_what_the_kernel_gives() -> None:
    path = EXAMPLES / "cars.ipynb"
    written, now = nbformat.read(path, as_version=4), run(path)
    assert shown(now) == shown(written)
    kinds = {kind for _, found in shown(now) for kind in found}
    assert kinds == {"text/plain", "text/html", "text/latex", "image/svg+xml"}
