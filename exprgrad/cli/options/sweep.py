"""How a sweep is shown: its rows as a table, its picture, and its tornado."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from exprgrad.cli.config.digits import digits_of
from exprgrad.cli.line.optional import PictureOrNothing
from exprgrad.cli.options.pictures import PLOT, put_picture
from exprgrad.cli.options.tables import TABLE
from exprgrad.cli.output import ReaderGone, deliver, note, terminated_cleanly
from exprgrad.render.formats import render

if TYPE_CHECKING:
    from exprgrad.data.frames.given import Maker
    from exprgrad.data.source import TableSource
    from exprgrad.jobs.sweep.axes import Axis
    from exprgrad.jobs.sweep.picture import Compute, Evaluate
    from exprgrad.jobs.sweep.tornado import Tornado
    from exprgrad.render.pictures.screen import Screen

PLOT_OF_SWEEPS = PLOT._replace(how={**PLOT.how, "cls": PictureOrNothing})
"""The same, which may also say `tornado`."""


def show(compute: Compute, names: tuple[str, ...], source: TableSource, maker: Maker, target: str) -> None:
    """Show the first and the last rows as a table, and say what is left out."""
    from exprgrad.data.frames.given import table_made
    from exprgrad.data.rows import Collected
    from exprgrad.jobs.map.write import write_rows
    from exprgrad.jobs.sweep.result import Excerpt, parts

    collected = Collected()
    written = write_rows(table_made(maker, parts(maker.rows)), source.columns, compute, names, collected)
    columns = [[*map(float, column.to_pylist())] for column in collected.table.columns]
    excerpt = Excerpt(maker.header, tuple(collected.table.column_names), columns, maker.rows)
    deliver(render(excerpt, TABLE, digits_of(TABLE, None), to_file=target != "-"), target)
    if excerpt.shown < maker.rows:
        note(f"{excerpt.shown} of {maker.rows:,} rows are shown; -o FILE writes all, as does a pipe")
    if written.lost:
        shown = f"the {excerpt.shown} rows shown" if excerpt.shown < maker.rows else f"{maker.rows} rows"
        note(f"{', '.join(names)}: nan or infinite in {written.lost} of {shown}")


def draw(
    axes: Mapping[str, Axis],
    names: Sequence[str],
    evaluate: Evaluate,
    maker: Maker | None,
    target: str,
    *,
    beside: bool,
) -> None:
    """Draw a grid, or the rows of a design, which the `maker` makes: to a file; else below the table if it is `beside`
    one, or on stderr."""
    from exprgrad.jobs.sweep.picture import cloud, picture

    found = picture(axes, names, evaluate) if maker is None else cloud(axes, names, maker, evaluate)
    for message in found.notes:
        note(message)

    def in_file(kind: str) -> bytes:
        from exprgrad.render.pictures.sweep.figure import draw as drawn

        return drawn(found, kind)

    def in_characters(on: Screen) -> str:
        from exprgrad.render.pictures.sweep.terminal import drawn

        return drawn(found, on)

    put_picture(in_file, in_characters, target, beside=beside)


def show_tornado(
    axes: Mapping[str, Axis], names: Sequence[str], evaluate: Evaluate, output: str, kind: str | None, target: str
) -> None:
    """Show what each variable does alone, as rows, and as bars."""
    from exprgrad.jobs.sweep.tornado import tornado

    found = tornado(axes, names, evaluate)
    if kind == TABLE:
        deliver(render(found, TABLE, digits_of(TABLE, None), to_file=output != "-"), output)
    else:
        _write(found, output, kind)

    def in_file(suffix: str) -> bytes:
        from exprgrad.render.pictures.sweep.figure import draw_tornado

        return draw_tornado(found, suffix)

    def in_characters(on: Screen) -> str:
        from exprgrad.render.pictures.sweep.terminal import bars

        return bars(found, on)

    put_picture(in_file, in_characters, target, beside=kind == TABLE)


def _write(found: Tornado, output: str, kind: str | None) -> None:
    """Write the rows of a tornado."""
    from exprgrad.data.output.writer import open_writer
    from exprgrad.data.rows import batch_of
    from exprgrad.jobs.sweep.tornado import Bar

    try:
        with terminated_cleanly(), open_writer(output, kind) as writer:
            writer.write(batch_of(Bar._fields, [*zip(*found.bars, strict=True)]))
    except BrokenPipeError:
        raise ReaderGone from None
