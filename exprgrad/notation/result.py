"""What a result is called: by its own name, or by L; and how its derivatives are written."""

from __future__ import annotations

from collections.abc import Container

RESULT = ("L", "out", "result")
"""Names for a result that has none."""


def free_name(taken: Container[str], candidates: tuple[str, ...] = RESULT) -> str:
    """The first candidate that is not taken; failing that the last with underscores."""
    name = next((candidate for candidate in candidates if candidate not in taken), candidates[-1])
    while name in taken:
        name += "_"
    return name


def slope_text(above: str, below: str) -> str:
    """`dL/du`; in parentheses what is more than a name: `dL/d(a*b)`."""
    return f"{_differential(above)}/{_differential(below)}"


def slope_name(name: str, variables: tuple[str, ...]) -> str:
    """The derivative with respect to these variables in turn: `dL/dx`, `d2L/dx2`, `d2L/dxdy`."""
    order = len(variables)
    if order == 1:
        return f"d{name}/d{variables[0]}"
    once = len(set(variables)) == 1
    return f"d{order}{name}/{f'd{variables[0]}{order}' if once else ''.join(f'd{x}' for x in variables)}"


def _differential(name: str) -> str:
    return f"d{name}" if name.isidentifier() else f"d({name})"
