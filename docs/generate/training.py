"""The page on training, with its table of optimizers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from exprgrad.jobs.train.optimizers.table import OPTIMIZERS, Optimizer
from exprgrad.text.numbers import format_number

_TABLE = re.compile(r"(?<=\n\n)\| name \| update .*\n(?:\|.*\n)+")
_HEAD = "| name | update of a parameter p | settings | source |\n|---|---|---|---|\n"
_LBFGS = (
    "| `lbfgs` | L-BFGS-B of SciPy: it finds its steps itself, an epoch is an iteration | |"
    " Byrd, Lu, Nocedal, Zhu 1995, SIAM J. Sci. Comput. 16 |\n"
)


def page(root: Path) -> str:
    """The text that stands there, with the table as it is now."""
    rows = "".join(map(_row, OPTIMIZERS.values()))
    text, count = _TABLE.subn(lambda _: _HEAD + rows + _LBFGS, (root / "docs" / "training.md").read_text("utf-8"))
    assert count == 1, "the page has one table of optimizers"
    return text


def _row(optimizer: Optimizer) -> str:
    settings = ", ".join(f"{name}={format_number(one.default)}" for name, one in optimizer.settings.items())
    cells = (f"`{optimizer.name}`", "; ".join(_steps(optimizer)), settings, optimizer.source)
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|\n"


def _steps(optimizer: Optimizer) -> Iterator[str]:
    for memory in optimizer.memory:
        yield f"`{memory.name} = {memory.next}`" + (f" (from {format_number(memory.start)})" if memory.start else "")
    yield f"`p = {optimizer.parameter}`"
