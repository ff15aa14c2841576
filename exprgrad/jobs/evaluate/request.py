"""What a user asks an evaluation for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple


class Request(NamedTuple):
    """What an evaluation gives beside the value and the gradient."""

    all_nodes: bool = False
    """A row for every node."""
    kinks: bool = False
    """Notes on the places where the derivative does not exist."""
    order: int = 1
    """Derivatives with respect to each variable up to this order."""
    hessian: bool = False
    """The second derivatives with respect to each pair of variables."""
    direction: Mapping[str, float] = {}
    """The directional derivative (Jacobian-vector product) along this change of the variables."""
    numbers: bool = False
    """Whether only numbers will do: then an unbound variable is an error."""
    wrt: Collection[str] = ()
    """Columns that get a row, with the derivative with respect to them."""
