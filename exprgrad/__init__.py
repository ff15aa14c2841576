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
    from exprgrad.expression import Expression, derivative, evaluate, fit, gradient, parse, train
    from exprgrad.jobs.evaluate.result import Evaluation, Row
    from exprgrad.jobs.fit.result import Estimate, Fit
    from exprgrad.jobs.train.result import Training
    from exprgrad.observer import Epoch, Observer

__all__ = [
    "ClusterError",
    "Compiled",
    "Data",
    "DataError",
    "DataNote",
    "Epoch",
    "Estimate",
    "Evaluation",
    "Expression",
    "ExpressionError",
    "ExprgradError",
    "Fit",
    "LimitError",
    "NumbersError",
    "Observer",
    "OutputError",
    "Row",
    "Training",
    "UnboundError",
    "UsageError",
    "__version__",
    "compile",
    "derivative",
    "evaluate",
    "fit",
    "gradient",
    "parse",
    "read",
    "train",
]


def __getattr__(name: str) -> object:
    """Import on first use (PEP 562): the command starts without what it does not need."""
    if name not in __all__:
        raise AttributeError(f"module 'exprgrad' has no attribute {name!r}")
    from exprgrad import compiled, errors, expression, observer
    from exprgrad.data import read as data
    from exprgrad.jobs.evaluate import result as evaluation
    from exprgrad.jobs.fit import result as fit
    from exprgrad.jobs.train import result as training

    home = next(
        module
        for module in (expression, compiled, errors, observer, data, evaluation, fit, training)
        if hasattr(module, name)
    )
    return getattr(home, name)


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
