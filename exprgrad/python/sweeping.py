"""`exprgrad.sweep`: values and derivatives over all of some ranges, or over the points of a design."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exprgrad.arguments import as_number, checked, is_column, is_record, number, one_of, whole
from exprgrad.arguments import bindings as named_values
from exprgrad.backends.engine import Engine
from exprgrad.binding import bind
from exprgrad.errors import LimitError, UsageError, check_installed
from exprgrad.expression import Expression
from exprgrad.jobs.sweep.axes import Axis, interval, listed, swept
from exprgrad.jobs.sweep.read import axis
from exprgrad.jobs.sweep.request import DESIGNS, GRID, Design, picture_of
from exprgrad.python.words import expression_of, own_words, sorted_words
from exprgrad.render.formats import PICTURES
from exprgrad.text.escapes import visible

if TYPE_CHECKING:
    from exprgrad.jobs.sweep.picture import Evaluate
    from exprgrad.jobs.sweep.tornado import Tornado


@checked
def sweep(
    expression: str | Expression,
    inputs: Mapping[str, Any] = MappingProxyType({}),
    /,
    *,
    design: str = GRID,
    n: int | None = None,
    seed: int = 0,
    wrt: Sequence[str] = (),
    order: int = 1,
    name: str | None = None,
    add: Sequence[str] | None = None,
    u: Mapping[str, Any] = MappingProxyType({}),
    plot: str | os.PathLike[str] | None = None,
    output: str | os.PathLike[str] | None = None,
    format: str | None = None,  # noqa: A002
    threads: int | None = None,
    backend: str = "auto",
    **bindings: Any,
) -> Any:
    """Each number of some ranges and lists with all of the others: `exprgrad.sweep("4*pi^2*L/T^2", L="1:3:0.1",
    T=[2, 3, 4])` gives a dict of arrays, the columns `L`, `T` and `value`.

    Keywords that are variables, or the dict `inputs`, say what these go through: a number is held; a list is a list; a
    text is what the command line takes, "1:3:0.1", and a pair (1, 3) is "1:3". `design` is "grid", "latin" or "sobol":
    the last two make `n` rows (64) from a `seed`, where a range is all between its ends, and a variable may be
    uncertain: "1.0±0.1", "normal(1, 0.1)", an estimate of a fit, a value of the package `uncertainties`. The new
    columns are those of `exprgrad.map`, by `wrt`, `order`, `name`, `add` and `u`.

    `plot` is the file of a picture, .svg, .png or .pdf. With `plot="tornado"`, or "tornado:FILE", each variable is
    moved alone, and the columns are those of the bars. With `output` the rows go to that file, in its `format`, and how
    many there were comes back. Raises UsageError, LimitError for more rows than memory holds or a limit allows,
    OutputError.
    """
    check_installed("exprgrad.sweep", "data", "numpy", "pyarrow")
    from exprgrad.data.frames.given import table_made
    from exprgrad.data.read import warn
    from exprgrad.data.rows import Collected
    from exprgrad.data.source import TableSource
    from exprgrad.jobs.map.request import Request, row_map
    from exprgrad.jobs.map.spread import spreads
    from exprgrad.jobs.map.write import write_rows
    from exprgrad.jobs.sweep.designs import one_row, rows_of
    from exprgrad.jobs.sweep.picture import evaluated

    one_of(*DESIGNS)("design", design)
    chosen = Design(design, None if n is None else whole(1)("n", n), seed)
    tornado, target = picture_of(None if plot is None else os.fspath(plot))
    suffix = "" if target is None or (tornado and target == "-") else _suffix(target)
    parsed = expression_of(expression)
    words = sorted_words("sweep", parsed, bindings, more=own_words(sweep))
    if words.reading:
        raise UsageError(f"sweep has no keyword {next(iter(words.reading))}", hint="it takes numbers, lists and ranges")
    given = {**named_values("inputs", inputs), **words.bindings}
    spread_out = tornado or design != GRID
    numbers, axes = swept({each: _axis(each, value, uncertain=spread_out) for each, value in given.items()})
    maker = one_row(axes, chosen) if tornado else rows_of(axes, chosen)
    table = table_made(maker)
    source = TableSource(table, {each: each for each in axes})
    model, known = bind(parsed.lowered, numbers, source)
    known.check_complete(model)
    spread = spreads([(each, str(size)) for each, size in named_values("u", u).items()], axes.__contains__)
    request = Request(wrt, order if order > 1 else None, name, add, spread)
    rows = row_map(parsed.lowered, model, request, source, table.header, Engine.of(backend, threads))
    compute = partial(rows.stream, known.numbers)
    if tornado:
        return _tornado(axes, rows.names, evaluated(compute), target if suffix else None, suffix, output, format)
    if output is None:
        _check_room(maker.rows, len(table.header) + len(rows.names), format)
        collected = Collected()
        written = write_rows(table, source.columns, compute, rows.names, collected)
        content = collected.table
        found: Any = {each: content.column(each).to_numpy() for each in content.column_names}
    else:
        from exprgrad.data.output.writer import open_writer

        with open_writer(os.fspath(output), format) as writer:
            found = written = write_rows(table, source.columns, compute, rows.names, writer)
    if written.lost:
        warn([written.note(rows.names)])
    if target is not None:
        from exprgrad.data.output.target import write_whole
        from exprgrad.jobs.sweep.picture import cloud, picture
        from exprgrad.render.pictures.sweep.figure import draw

        evaluate = evaluated(compute)
        shown = picture(axes, rows.names, evaluate) if design == GRID else cloud(axes, rows.names, maker, evaluate)
        write_whole(target, draw(shown, suffix))
    return found


def _axis(name: str, value: Any, *, uncertain: bool) -> float | Axis:
    """What a variable goes through. Values with an uncertainty count as numbers unless they may be `uncertain`."""
    from exprgrad.quantities.objects import of_object
    from exprgrad.quantities.readings import load

    option = f"--{name}"
    if isinstance(value, str):
        return axis(value, option, load)
    if isinstance(value, tuple) and len(value) == 2 and not is_record(value):
        return interval(option, *(number(f"an end of {name}", end) for end in value))
    if is_column(value) and not is_record(value):
        return listed(option, [number(f"a number of {name}", each) for each in value])
    if not uncertain:
        return as_number(name, value)
    found = of_object(name, value)
    return found.value if found.is_exact else Axis(option, uncertain=found)


def _suffix(target: str) -> str:
    """The format of a picture that the name of its file says. Raises UsageError for a name that says none."""
    suffix = os.path.splitext(target)[1].lower().removeprefix(".")
    if suffix not in PICTURES:
        suffixes = ", ".join(f".{kind}" for kind in PICTURES)
        what = f"the name {visible(target)} tells no format of pictures"
        raise UsageError(what, hint=f"end it in one of {suffixes}")
    return suffix


def _check_room(rows: int, columns: int, format: str | None) -> None:  # noqa: A002
    """Raises LimitError for more rows than memory should hold, UsageError for the format of no file."""
    from exprgrad.columns.memory import half_of_memory

    if format is not None:
        raise UsageError("format is that of a file", hint='give output="rows.parquet"')
    if 8 * rows * columns > half_of_memory():
        raise LimitError(f"{rows:,} rows do not fit into memory", hint='give output="rows.parquet"')


def _tornado(
    axes: Mapping[str, Axis],
    names: Sequence[str],
    evaluate: Evaluate,
    target: str | None,
    suffix: str,
    output: str | os.PathLike[str] | None,
    format: str | None,  # noqa: A002
) -> Any:
    """The columns of the bars; or how many were written."""
    from exprgrad.jobs.sweep.tornado import Bar, tornado

    found: Tornado = tornado(axes, names, evaluate)
    if target is not None:
        from exprgrad.data.output.target import write_whole
        from exprgrad.render.pictures.sweep.figure import draw_tornado

        write_whole(target, draw_tornado(found, suffix))
    columns = [list(column) for column in zip(*found.bars, strict=True)]
    if output is None:
        return dict(zip(Bar._fields, columns, strict=True))
    from exprgrad.data.output.writer import open_writer
    from exprgrad.data.rows import batch_of
    from exprgrad.jobs.map.result import Written

    with open_writer(os.fspath(output), format) as writer:
        writer.write(batch_of(Bar._fields, columns))
    return Written(len(found.bars), 0, 0)
