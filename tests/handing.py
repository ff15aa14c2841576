"""Jobs as the command line runs them: an expression is bound, and the job takes its model and inputs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exprgrad import Expression
from exprgrad.arguments import Binding
from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.columns.rows import RowSource
from exprgrad.jobs.draw.drawing import draw
from exprgrad.jobs.draw.result import Drawing
from exprgrad.jobs.evaluate.request import Request
from exprgrad.jobs.evaluate.result import Evaluation
from exprgrad.jobs.evaluate.run import evaluate
from exprgrad.jobs.fit.inputs import posed
from exprgrad.jobs.fit.request import Request as FitRequest
from exprgrad.jobs.fit.result import Fit, Fitted

NONE: Mapping[str, Binding] = MappingProxyType({})


def evaluated(
    expression: Expression,
    bindings: Mapping[str, Binding] = NONE,
    request: Request | None = None,
    *,
    data: RowSource | None = None,
    engine: Engine | None = None,
) -> Evaluation:
    return evaluate(*bind(expression.lowered, bindings, data), request or Request(), engine or Engine())


def pictured(
    expression: Expression, result: Fit, bindings: Mapping[str, Binding], request: FitRequest | None = None
) -> Fitted:
    from exprgrad.jobs.fit.picture import picture

    model, _, rows = posed(expression.lowered, bindings, request or FitRequest(), None)
    return picture(model, result, rows, Engine())


def drawn(expression: Expression, bindings: Mapping[str, Binding] = NONE, *, steps: bool = True) -> Drawing:
    return draw(*bind(expression.lowered, bindings), steps=steps)
