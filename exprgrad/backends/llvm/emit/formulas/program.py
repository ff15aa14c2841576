"""A vector formula as something that an emitter runs."""

from __future__ import annotations

from collections.abc import Callable

from exprgrad.backends.llvm.emit.emitter import Emitter
from exprgrad.functions.rules import Rule, bind

_CONTINUED = 12 * " "


def program(text: str, emitter: Emitter) -> Callable[..., str]:
    """A formula as a function of its operands. Its first line names them, its last line is the value."""
    first, *lines, last = _statements(text)
    names = first.split()
    arity = len(names)
    steps: list[Rule[str]] = []
    for line in lines:
        name, _, formula = line.partition(" = ")
        steps.append(bind(formula, tuple(names), emitter))
        names.append(name)
    steps.append(bind(last, tuple(names), emitter))

    def run(*operands: str) -> str:
        scope = list(operands)
        assert len(scope) == arity
        for step in steps:
            scope.append(step(scope))
        return scope[-1]

    return run


def _statements(text: str) -> list[str]:
    """The lines of a formula; a line that is indented further goes on with the one before."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line.startswith(_CONTINUED):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    return lines
