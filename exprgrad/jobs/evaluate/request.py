"""What a user asks an evaluation for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple


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
