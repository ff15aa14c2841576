"""A training run: a row an epoch, the state after the last update last."""

from __future__ import annotations

from exprgrad.render.documents import Document, number, numbers
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.results.training import Epoch, Training


def sheets(record: Training) -> list[Sheet]:
    """Epoch, loss, parameters and their derivatives."""
    names = list(record.parameters)
    header = ("epoch", "loss", *names, *(f"dL/d{name}" for name in names))
    return [Sheet(header, [_row(epoch) for epoch in (*record.history, record.final)])]


def _row(record: Epoch) -> tuple[Cell, ...]:
    return record.epoch, record.loss, *record.parameters.values(), *record.gradient.values()


def document(record: Training) -> Document:
    """Where it ended, and how it went."""
    final = _epoch(record.final)
    return {
        "expression": record.expression,
        "loss": final["loss"],
        "parameters": final["parameters"],
        "gradient": final["gradient"],
        "epochs": record.epochs,
        "stopped": record.stopped,
        **({} if record.last_good is None else {"last_good": _epoch(record.last_good)}),
        "history": [_epoch(epoch) for epoch in record.history],
    }


def lines(record: Training) -> list[Document]:
    """A document an epoch."""
    return [_epoch(epoch) for epoch in (*record.history, record.final)]


def _epoch(record: Epoch) -> Document:
    return {
        "epoch": record.epoch,
        "loss": number(record.loss),
        "parameters": numbers(record.parameters),
        "gradient": numbers(record.gradient),
    }
