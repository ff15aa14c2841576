"""Which module shows which result. A new result is a new module here, and a row."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exprgrad.render.sheet import Sheet

MODULES = {
    "functions.entry.Function": "function",
    "functions.words.Word": "word",
    "jobs.check.result.Check": "check",
    "jobs.columns.result.Overview": "overview",
    "jobs.differentiate.result.Derivatives": "derivatives",
    "jobs.evaluate.result.Evaluation": "evaluation",
    "jobs.fit.after.compare.Comparison": "comparison",
    "jobs.fit.result.Fit": "fit",
    "jobs.fit.groups.result.Groups": "groups",
    "jobs.sweep.result.Excerpt": "sweep",
    "jobs.sweep.tornado.Tornado": "tornado",
    "jobs.train.result.Training": "training",
    "jobs.sensitivity.result.Sensitivity": "uncertain.sensitivity",
    "jobs.uncertainty.result.Uncertainty": "uncertain.uncertainty",
    "observer.Epoch": "epoch",
    "jobs.explain.result.Explanation": "explanation",
}
"""The class of a result, by its place in the package, to the module under this folder. Classes are given by name, so
that only the job that was asked for is imported."""


def renderer(result: object) -> Any:
    """The module that shows a result: it has `sheets` (the first is what CSV has), `document` and `lines` for JSON, and
    where tables for people differ from the sheets, `tables`, the sheets of these; `lead` gives lines to stand above
    them. The first item of a list decides for all.

    Raises TypeError for what is no result.
    """
    kind = type(result[0] if isinstance(result, list) else result)
    place = f"{kind.__module__}.{kind.__qualname__}".removeprefix("exprgrad.")
    if place not in MODULES:
        raise TypeError(f"no renderer shows a {place}: add a row to render/results/registry.py")
    return import_module(f"exprgrad.render.results.{MODULES[place]}")


def tables(result: object) -> list[Sheet]:
    """The sheets of a result as people are shown them."""
    shown = renderer(result)
    found: list[Sheet] = shown.tables(result) if hasattr(shown, "tables") else shown.sheets(result)
    return found
