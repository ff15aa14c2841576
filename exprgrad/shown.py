"""How results show themselves: as text, in a notebook as HTML, and as LaTeX. What writes these is above the results."""

from __future__ import annotations

from importlib import import_module
from typing import Any, TypeVar

T = TypeVar("T")


class _Shown:
    """The module that writes results, by its name, which the package's face sets: it is imported when something is to
    be shown."""

    by = ""


SHOWN = _Shown()


def shows_itself(kind: type[T]) -> type[T]:
    """Give a class of results a readable repr, and what notebooks ask for."""
    plain = kind.__repr__

    def as_text(self: Any) -> str:
        return str(_writer().text(self)) if SHOWN.by else plain(self)

    for name, function in (("__repr__", as_text), ("_repr_html_", _as_html), ("_repr_latex_", _as_latex)):
        setattr(kind, name, function)
    return kind


def _as_html(self: Any) -> str | None:
    return _writer().html(self) if SHOWN.by else None


def _as_latex(self: Any) -> str | None:
    return _writer().latex(self) if SHOWN.by else None


def _writer() -> Any:
    return import_module(SHOWN.by)
