"""Commands whose variables may have an uncertainty."""

from __future__ import annotations

from collections.abc import Iterable

import click

from exprgrad.cli.line.bindings import assignments
from exprgrad.cli.line.command import ExpressionCommand, texts_given
from exprgrad.cli.line.readings import load
from exprgrad.distributions.read import uncertain
from exprgrad.distributions.uncertain import Uncertain
from exprgrad.quantities.quantities import Quantities


def _read(text: str, option: str) -> Uncertain:
    return uncertain(text, option, load)


class UncertainCommand(ExpressionCommand):
    """Binds variables to values that have an uncertainty."""

    read = staticmethod(_read)  # type: ignore[assignment]
    values = "a number (exact), 1.000±0.002, 2.006(5), uniform(0, 1) or another distribution, readings(…), @FILE"

    def bound(  # type: ignore[override]
        self, ctx: click.Context, names: list[str], settings: Iterable[str], files: Iterable[str]
    ) -> Quantities:
        """The inputs of the line, which win over those in files, with the correlations that files have."""
        own = texts_given(ctx, assignments(settings, "-s", _read), _read)
        found = Quantities({})
        for file in files:
            from exprgrad.cli.line.bindfile import content_of
            from exprgrad.quantities.documents import of_document

            found = of_document(content_of(file), file, names).over(found)
        return Quantities(own).over(found)
