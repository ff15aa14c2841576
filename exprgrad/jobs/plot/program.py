"""Programs with several expressions, `f; g`, each of which is drawn; and formulas, `y ~ model`, whose model is."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.graph.lower import Model
from exprgrad.jobs.plot.result import Curves
from exprgrad.syntax.program import Assignment, Formula, Program, Result

_HIDDEN = "#"
"""What begins the name of an expression that has none: nobody can write it."""


def drawn(program: Program) -> Program:
    """The program with a name for each expression that stands alone, but for the last one."""
    *others, last = program.statements or (None,)
    statements = [
        Assignment(f"{_HIDDEN}{k}", each.code, each.span) if isinstance(each, Result) else each
        for k, each in enumerate(others, 1)
        if each is not None
    ]
    return program._replace(statements=(*statements, *([last] if last is not None else [])))


def named(shown: Sequence[tuple[str, int]], order: int) -> list[tuple[str, int]]:
    """The same, where of several each has a name if its derivatives are drawn, too: dy1/dx says whose it is."""
    if len(shown) == 1 or not order:
        return list(shown)
    return [(name or f"y{k}", node) for k, (name, node) in enumerate(shown, 1)]


def labelled(result: Curves, name: str) -> Curves:
    """The curves of one expression beside others, or beside dots: the first one says which expression that is, by the
    name that the program has for it, if there is one."""
    first, *others = result.curves
    label = name or result.title
    return result._replace(curves=(first._replace(label=label), *others))


def is_formula(program: Program) -> bool:
    """Whether the program ends in a formula."""
    return bool(program.statements) and isinstance(program.statements[-1], Formula)


def outputs(model: Model) -> list[tuple[str, int]]:
    """The expressions that are drawn, each by its name, empty where it has none, and its node."""
    names = {node: name for name, node in model.intermediates.items() if not name.startswith(_HIDDEN)}
    nodes = [node for name, node in model.intermediates.items() if name.startswith(_HIDDEN)]
    return [*((names.get(node, ""), node) for node in nodes), (model.name, model.output)]
