"""Models compared: what each says, and the tests between them."""

from __future__ import annotations

from exprgrad.jobs.fit.after.compare import Comparison
from exprgrad.render.documents import Document, finite
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.text.measured import short_p


def caption(result: Comparison) -> str:
    """What was compared."""
    return f"comparison of {len(result.models)} models"


def sheets(result: Comparison) -> list[Sheet]:
    """The models; below them, the tests of nested ones."""
    cost = "deviance" if all(m.deviance == m.deviance for m in result.models) else "rss"
    header = ("model", "parameters", cost, "dof", "AICc", "delta", "weight", "BIC")
    rows = [(m.name, m.parameters, getattr(m, cost), m.dof, m.aicc, m.delta, m.weight, m.bic) for m in result.models]
    found = [Sheet(header, list(rows), spare=(("BIC",), ("dof",), ("parameters",)))]
    if result.tests:
        rows_of_tests = [(t.simpler, t.fuller, t.statistic, t.value, t.more, t.dof, t.p) for t in result.tests]
        tested = ("simpler", "fuller", "test", "value", "more", "dof", "p")
        found.append(Sheet(tested, list(rows_of_tests), labels=("simpler", "fuller"), spare=(("more", "dof"),)))
    return found


def tables(result: Comparison) -> list[Sheet]:
    """The same for people: probabilities have two digits."""
    first, *rest = sheets(result)
    return [first, *(sheet._replace(rows=[(*row[:-1], _short(row[-1])) for row in sheet.rows]) for sheet in rest)]


def _short(cell: Cell) -> Cell:
    return short_p(cell) if isinstance(cell, float) else cell


def lead(result: Comparison) -> list[str]:
    """The judgement in words."""
    found = []
    for test in result.tests:
        numbers = f"{test.more}, {test.dof}" if test.statistic == "F" else f"{test.more}"
        value = f"{test.statistic}({numbers}) = {test.value:.4g}, p {_equals(test.p)}"
        better = test.p < 0.05
        said = f"{test.fuller} fits better than {test.simpler}"
        said = said if better else f"{test.simpler} is enough, as {test.fuller} fits no better"
        found.append(f"{said}, {value} ({test.how})")
    weighed = [model for model in result.models if model.weight == model.weight]
    if weighed:
        best = max(weighed, key=lambda model: model.weight)
        found.append(f"By AICc, {best.name} has {best.weight:.3g} of the evidence")
    return found


def _equals(p: float) -> str:
    text = short_p(p)
    return text if text.startswith("<") else f"= {text}"


def document(result: Comparison) -> Document:
    """The whole result."""
    found: Document = finite(
        {
            "models": tuple(model._asdict() for model in result.models),
            "tests": tuple(test._asdict() for test in result.tests),
            "notes": result.notes,
        }
    )
    return found


def lines(result: Comparison) -> list[Document]:
    """A document for each model."""
    return [finite(model._asdict()) for model in result.models]
