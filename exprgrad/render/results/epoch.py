"""Epochs of a training run: a row for each."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.jobs.train.result import Epoch
from exprgrad.notation.result import free_name
from exprgrad.render.documents import Document, number, numbers
from exprgrad.render.sheet import Sheet, derivative


def sheets(result: Sequence[Epoch]) -> list[Sheet]:
    """Epoch, loss, parameters and their derivatives."""
    names = list(result[0].parameters)
    header = ("epoch", "loss", *names, *(f"dL/d{name}" for name in names))
    rows = [(e.epoch, e.loss, *e.parameters.values(), *map(derivative, e.gradient.values())) for e in result]
    return [Sheet(header, [*rows], result=tuple(names))]


def tables(result: Sequence[Epoch]) -> list[Sheet]:
    """The same; the heading of the loss says that L is the loss."""
    (sheet,) = sheets(result)
    return [sheet._replace(header=headings(list(result[0].parameters)))]


def headings(names: Sequence[str]) -> tuple[str, ...]:
    """Of the epoch, the loss, the parameters and their derivatives."""
    name = free_name(names)
    return ("epoch", f"loss {name}", *names, *(f"d{name}/d{parameter}" for parameter in names))


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
