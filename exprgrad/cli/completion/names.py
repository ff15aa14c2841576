"""The names that a line which is not finished yet has: of its expression, and of the columns of its data."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from exprgrad.cli.line.command import ExpressionCommand, expression_of
from exprgrad.cli.options.reading import read_options, reading

_MOST = 500
"""Columns that are offered at the most."""


def variables(ctx: click.Context) -> list[str]:
    """What can be bound; the columns where there is no expression yet."""
    expression = expression_of(ctx)
    if expression is None or not isinstance(ctx.command, ExpressionCommand):
        return columns(ctx)
    return ctx.command.bindable(ctx, expression)


def parameters(ctx: click.Context) -> list[str]:
    """The variables that are no columns; all of them where nothing else is left."""
    known = set(columns(ctx))
    names = variables(ctx)
    return [name for name in names if name not in known] or names


def differentiated(ctx: click.Context) -> list[str]:
    """The variables, and after them the names of intermediates, which eval has derivatives of, too."""
    return [*variables(ctx), *(intermediates(ctx) if ctx.command.name == "eval" else [])]


def intermediates(ctx: click.Context) -> list[str]:
    """The names that the expression gives to values."""
    expression = expression_of(ctx)
    return [] if expression is None else list(expression.model.intermediates)


def columns(ctx: click.Context) -> list[str]:
    """The columns of the first file of the line, by their aliases where their headers are no names. Only files of this
    machine are opened: a pipe would be used up, and a URL may take long."""
    files = _files(ctx)
    if not files:
        return []
    from exprgrad.data.opened import opened
    from exprgrad.data.parts.files import matching

    said = reading(dict(ctx.params))
    first = next((file for file in matching(files[:1]) if os.path.isfile(file)), None)
    if first is None:
        return []
    names = opened([first], "error", read_options(said), said.get("query")).names
    return [names.alias_of.get(header, header) for header in names.header[:_MOST]]


def _files(ctx: click.Context) -> Sequence[str]:
    """The files of data that the line names. Click takes no arguments of a line that ends in an option."""
    found = ctx.params.get("data_files") or ctx.params.get("files")
    if not found and ctx.command.name == "columns":
        found = tuple(filter(os.path.isfile, ctx.obj or ()))
    return [file for file in found or () if file != "-" and "://" not in file]
