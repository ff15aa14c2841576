"""The table of distributions. A new kind is a row, here or in the file of its family."""

from __future__ import annotations

import copyreg

from exprgrad.distributions.bounded import ROWS as BOUNDED
from exprgrad.distributions.kind import Kind
from exprgrad.distributions.unbounded import ROWS as UNBOUNDED

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*UNBOUNDED, *BOUNDED)}
"""The kinds by their names."""


def _named(name: str) -> Kind:
    return KINDS[name]


copyreg.pickle(
    Kind, lambda kind: (_named, (kind.name,))
)  # its formulas stay: it travels to another process by its name
