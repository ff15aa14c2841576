"""What a user asks an evaluation for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from exprgrad.syntax import Program


class Request(NamedTuple):
    """What an evaluation computes beside the value and the gradient."""

    all_nodes: bool = False
    """A row for every node."""
    kinks: bool = False
    """Notes on the places where the derivative does not exist."""
    order: int = 1
    """The highest order of the derivatives with respect to each variable."""
    hessian: bool = False
    """The second derivatives with respect to each pair of variables."""
    direction: Mapping[str, float] = {}
    """The rate of change of each variable, for the directional derivative (Jacobian-vector product); empty for none."""
    numbers: bool = False
    """Whether the answer has to be numbers. Then an unbound variable is an error."""
    wrt: Collection[str] = ()
    """The variables and named values that the result is differentiated with respect to: these alone get a row. If none
    are given, all that are numbers."""
    certify: bool = False
    """Whether each number is proved by ball arithmetic."""
    precision: int = 0
    """The significant digits that are proved and shown of each number; 0 for those of a float."""
    exact: Mapping[str, Program] | None = None
    """Where literals mean decimal numbers: the expressions that the variables are bound to. None where they mean
    floats."""

    @property
    def proves(self) -> bool:
        """Whether balls are needed."""
        return self.certify or bool(self.precision)
