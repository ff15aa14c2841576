"""The result of `diff`: derivatives as expressions."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.graph.graph import Graph
from exprgrad.notation.infix import write_program
from exprgrad.shown import shows_itself


class Formula:
    """An expression, in the language and in LaTeX; the LaTeX is written when it is asked for."""

    __slots__ = ("_graph", "_node", "text")

    def __init__(self, graph: Graph, node: int, text: str = "") -> None:
        """`text` is the expression, if it is written already."""
        self._graph, self._node = graph, node
        self.text = text or write_program(graph, node)

    def written(self, text: str) -> Formula:
        """The same, with another text of it."""
        return Formula(self._graph, self._node, text)

    @property
    def latex(self) -> str:
        """For math mode."""
        from exprgrad.notation.latex import latex_program

        return latex_program(self._graph, self._node)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"


@shows_itself
class Derivatives(NamedTuple):
    """Derivatives of an expression: each with respect to the variables of its key, one after the other."""

    expression: str
    formulas: dict[tuple[str, ...], Formula]
