"""A training run: its epochs, the state after the last update last."""

from __future__ import annotations

from exprgrad.jobs.train.result import Training
from exprgrad.render.documents import Document
from exprgrad.render.results import epoch
from exprgrad.render.sheet import Sheet


def sheets(record: Training) -> list[Sheet]:
    """A row an epoch."""
    return epoch.sheets([*record.history, record.final])


def document(record: Training) -> Document:
    """Where it ended, and how it went."""
    (final,) = epoch.lines([record.final])
    return {
        "expression": record.expression,
        "loss": final["loss"],
        "parameters": final["parameters"],
        "gradient": final["gradient"],
        "epochs": record.epochs,
        "stopped": record.stopped,
        **({} if record.last_good is None else {"last_good": epoch.lines([record.last_good])[0]}),
        "history": epoch.lines(record.history),
    }


def lines(record: Training) -> list[Document]:
    """A document an epoch."""
    return epoch.lines([*record.history, record.final])
