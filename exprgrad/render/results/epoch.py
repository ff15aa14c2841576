"""Epochs of a training run: a row for each."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.jobs.train.result import Epoch
from exprgrad.render.documents import Document, number, numbers
from exprgrad.render.sheet import Sheet


def sheets(result: Sequence[Epoch]) -> list[Sheet]:
    """Epoch, loss, parameters and their derivatives."""
    names = list(result[0].parameters)
    header = ("epoch", "loss", *names, *(f"dL/d{name}" for name in names))
    return [Sheet(header, [(e.epoch, e.loss, *e.parameters.values(), *e.gradient.values()) for e in result])]


def document(result: Sequence[Epoch]) -> list[Document]:
    """All of them in one document."""
    return lines(result)


def lines(result: Sequence[Epoch]) -> list[Document]:
    """A document for each epoch."""
    return [
        {
            "epoch": epoch.epoch,
            "loss": number(epoch.loss),
            "parameters": numbers(epoch.parameters),
            "gradient": numbers(epoch.gradient),
        }
        for epoch in result
    ]
