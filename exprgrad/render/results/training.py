"""A training run: its epochs; the last row is the state after the last update."""

from __future__ import annotations

from exprgrad.jobs.train.result import Training
from exprgrad.render import shell
from exprgrad.render.documents import Document
from exprgrad.render.naming import short
from exprgrad.render.results import epoch
from exprgrad.render.sheet import Sheet


def caption(result: Training) -> str:
    """What was trained, and how it ended."""
    return f"training of {short(result.expression)}: {result.epochs:,} epochs, stopped: {result.stopped}"


def sheets(result: Training) -> list[Sheet]:
    """A row for each epoch."""
    return epoch.sheets([*result.history, result.final])


def tables(result: Training) -> list[Sheet]:
    """The same with headings for people."""
    return epoch.tables([*result.history, result.final])


def document(result: Training) -> Document:
    """Where it ended, and how it went."""
    (final,) = epoch.lines([result.final])
    return {
        "expression": result.expression,
        "loss": final["loss"],
        "parameters": final["parameters"],
        "gradient": final["gradient"],
        "epochs": result.epochs,
        "stopped": result.stopped,
        **({} if result.last_good is None else {"last_good": epoch.lines([result.last_good])[0]}),
        "history": epoch.lines(result.history),
    }


def assignments(result: Training, digits: int | None = None) -> str:
    """Lines such as `w=2.5`, which a shell evaluates. Raises UsageError as `shell.check` does."""
    shell.check(list(result.parameters))
    return shell.assignments(({name: value} for name, value in result.parameters.items()), digits)


def lines(result: Training) -> list[Document]:
    """A document for each epoch."""
    return epoch.lines([*result.history, result.final])
