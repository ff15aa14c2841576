"""The languages to export to, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

from exprgrad.errors import UsageError
from exprgrad.functions.table import REDUCTIONS, WRITTEN
from exprgrad.graph.lower import Model
from exprgrad.jobs.export.joint import joint
from exprgrad.jobs.export.target import Request, Target

TARGETS = {
    "c": ("c", "C"),
    "python": ("python", "Python"),
    "numpy": ("arrays", "NumPy"),
    "jax": ("arrays", "Jax"),
    "torch": ("arrays", "Torch"),
    "javascript": ("javascript", "JavaScript"),
    "sql": ("sql", "Sql"),
    "latex": ("formulas", "Latex"),
    "mathml": ("formulas", "MathML"),
    "sympy": ("formulas", "Sympy"),
}
"""The module and class of each target."""


def target(name: str) -> Target:
    """A target by its name."""
    module, cls = TARGETS[name]
    found = getattr(import_module(f"exprgrad.jobs.export.{module}"), cls)()
    assert isinstance(found, Target)
    return found


def export(
    model: Model,
    bindings: Mapping[str, float],
    to: str,
    *,
    name: str | None = None,
    wrt: Sequence[str] = (),
    columns: Sequence[str] = (),
    hessian: bool = False,
    main: bool = False,
) -> str:
    """The source of a function that computes the model's value and its derivatives with respect to `wrt` (all unbound
    variables by default that are no columns), with the bindings put in.

    Raises UsageError for a name that is no variable, and for what the language lacks.
    """
    language = target(to)
    folds = [operation for operation in model.graph.operations if operation in REDUCTIONS]
    named = WRITTEN.get(folds[0], folds[0]) if folds else ""
    if (folds or columns) and not language.columns:
        able = [other for other in TARGETS if target(other).columns]
        what = f"function {named}, which folds a column" if folds else "columns"
        raise UsageError(f"{to} has no {what}", hint=f"export to {', '.join(able)}")
    if folds and not columns and not language.formulas:
        raise UsageError(f"{named} folds a column", hint="say with --columns which variables are columns, as x,y")
    found = joint(model, bindings, wrt, columns, hessian=hessian, simplified=language.formulas)
    return language.export(Request(found, language.function if name is None else name, main))
