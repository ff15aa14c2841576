"""The digits of tables that a user prefers."""

from __future__ import annotations

import click

PREFERRED = "exprgrad.digits"
"""Where the context of a command has them."""


def digits_of(shown: str, digits: int | None) -> int | None:
    """The digits asked for, or, of a table, those that the user prefers: what programs read keeps all of them."""
    context = click.get_current_context(silent=True)
    if digits is None and shown == "table" and context is not None:
        preferred: int | None = context.meta.get(PREFERRED)
        return preferred
    return digits
