"""exprgrad: values, exact derivatives and training of expressions.

>>> import exprgrad
>>> expression = exprgrad.parse("a*b + c")
>>> expression.evaluate(a=3, b=2, c=5)
11.0
>>> expression.gradient(a=3, b=2, c=5)
{'a': 2.0, 'b': 3.0, 'c': 1.0}
>>> exprgrad.derivative("x^2*sin(x)", "x")
Expression('2*x*sin(x) + x^2*cos(x)')
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from exprgrad.compiled import Compiled, compile  # noqa: A004
    from exprgrad.data.read import Data, DataNote, read
    from exprgrad.errors import (
        ClusterError,
        DataError,
        ExpressionError,
        ExprgradError,
        LimitError,
        NumbersError,
        OutputError,
        UnboundError,
        UsageError,
    )
    from exprgrad.expression import Expression, parse
    from exprgrad.jobs.check.result import Check
    from exprgrad.jobs.columns.result import Overview
    from exprgrad.jobs.differentiate.result import Derivatives
    from exprgrad.jobs.evaluate.result import Evaluation, Row
    from exprgrad.jobs.explain.result import Explanation
    from exprgrad.jobs.fit.result import Estimate, Fit
    from exprgrad.jobs.sensitivity.result import Index, Sensitivity
    from exprgrad.jobs.train.result import Training
    from exprgrad.jobs.uncertainty.result import Measured, Uncertainty
    from exprgrad.observer import Epoch, Observer
    from exprgrad.python.after import compare, predict, residuals
    from exprgrad.python.fitting import fit
    from exprgrad.python.pictures import Picture, graph, plot
    from exprgrad.python.rows import columns, map  # noqa: A004
    from exprgrad.python.sensitive import sensitivity
    from exprgrad.python.sweeping import sweep
    from exprgrad.python.training import train
    from exprgrad.python.uncertain import uncertainty
    from exprgrad.python.values import check, derivative, diff, eval, evaluate, explain, gradient  # noqa: A004

_HOMES = {
    "compiled": ("Compiled", "compile"),
    "data.read": ("Data", "DataNote", "read"),
    "errors": (
        *("ClusterError", "DataError", "ExpressionError", "ExprgradError", "KeywordError", "LimitError"),
        *("MissingError", "NumbersError", "OutputError", "UnboundError", "UsageError"),
    ),
    "expression": ("Expression", "parse"),
    "jobs.check.result": ("Check",),
    "jobs.columns.result": ("Overview",),
    "jobs.differentiate.result": ("Derivatives",),
    "jobs.evaluate.result": ("Evaluation", "Row"),
    "jobs.explain.result": ("Explanation",),
    "jobs.fit.result": ("Estimate", "Fit"),
    "jobs.sensitivity.result": ("Index", "Sensitivity"),
    "jobs.train.result": ("Training",),
    "jobs.uncertainty.result": ("Measured", "Uncertainty"),
    "observer": ("Epoch", "Observer"),
    "python.after": ("compare", "predict", "residuals"),
    "python.fitting": ("fit",),
    "python.pictures": ("Picture", "graph", "plot"),
    "python.rows": ("columns", "map"),
    "python.sensitive": ("sensitivity",),
    "python.sweeping": ("sweep",),
    "python.training": ("train",),
    "python.uncertain": ("uncertainty",),
    "python.values": ("check", "derivative", "diff", "eval", "evaluate", "explain", "gradient"),
}
"""The public names by their modules."""
__all__ = [
    "Check",
    "ClusterError",
    "Compiled",
    "Data",
    "DataError",
    "DataNote",
    "Derivatives",
    "Epoch",
    "Estimate",
    "Evaluation",
    "Explanation",
    "Expression",
    "ExpressionError",
    "ExprgradError",
    "Fit",
    "Index",
    "KeywordError",
    "LimitError",
    "Measured",
    "MissingError",
    "NumbersError",
    "Observer",
    "OutputError",
    "Overview",
    "Picture",
    "Row",
    "Sensitivity",
    "Training",
    "UnboundError",
    "Uncertainty",
    "UsageError",
    "__version__",
    "check",
    "columns",
    "compare",
    "compile",
    "derivative",
    "diff",
    "eval",
    "evaluate",
    "explain",
    "fit",
    "gradient",
    "graph",
    "map",
    "parse",
    "plot",
    "predict",
    "read",
    "residuals",
    "sensitivity",
    "sweep",
    "train",
    "uncertainty",
]


def __getattr__(name: str) -> object:
    """Import on first use (PEP 562): the command starts without what it does not need."""
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module 'exprgrad' has no attribute {name!r}")
    from importlib import import_module

    from exprgrad.shown import SHOWN

    SHOWN.by = "exprgrad.render.shown"
    return getattr(import_module(f"exprgrad.{home}"), name)


class _Face(ModuleType):
    """The package. Two of its functions are called as rooms of the house are: `exprgrad.graph` is the function, and the
    import of a room goes through `sys.modules`."""

    @property
    def graph(self) -> object:
        return __getattr__("graph")

    @graph.setter
    def graph(self, room: ModuleType) -> None: ...

    @property
    def columns(self) -> object:
        return __getattr__("columns")

    @columns.setter
    def columns(self, room: ModuleType) -> None: ...


sys.modules[__name__].__class__ = _Face


def __dir__() -> list[str]:
    return __all__


def _before_fork() -> None:
    from exprgrad.forks import FORK

    FORK.before()


def _after_fork() -> None:
    from exprgrad.forks import FORK

    FORK.after()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
