"""What is drawn of a sweep: lines along one range, a heat map over two, small multiples for what else is swept; of a
design its rows as dots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from exprgrad.columns.values import Column
from exprgrad.data.frames.given import Maker, Product
from exprgrad.jobs.sweep.axes import Axis
from exprgrad.text.numbers import rounded

ALONG, SIDE, FAMILY, MULTIPLES, ROWS = 401, 81, 5, 12, 1_000
"""The most points along a line, along a side of a heat map, lines of a panel, panels, and rows of a design."""
_DIGITS = 4

Evaluate = Callable[[Mapping[str, Column]], Sequence[Column]]
"""Gives the new columns for columns of what is swept."""
Compute = Callable[[Any], Iterator[tuple[Any, list[Column]]]]
"""Gives the new columns beside batches of rows, from what reads these: see `jobs.map.write.write_rows`."""


class Lines(NamedTuple):
    """Lines along one variable."""

    of: str
    """The new column that is drawn."""
    title: str
    """What the other variables are."""
    across: str
    points: Column
    lines: tuple[tuple[str, Column], ...]
    """Each with its legend, which is empty for a single one."""


class Heat(NamedTuple):
    """A heat map over two variables; its values come row by row, the first variable changing from one to the next."""

    of: str
    title: str
    across: str
    up: str
    points: tuple[Column, Column]
    values: Column


class Cloud(NamedTuple):
    """The rows of a design as dots over one variable."""

    of: str
    title: str
    across: str
    points: Column
    values: Column


class Picture(NamedTuple):
    """Panels, and what is said of what they leave out."""

    panels: tuple[Lines | Heat | Cloud, ...]
    notes: tuple[str, ...] = ()


def picture(axes: Mapping[str, Axis], names: Sequence[str], evaluate: Evaluate) -> Picture:
    """The picture of a grid. The first two ranges span a heat map; along a single one there are lines, one for each
    number of the next list. For each number of what is left there is a panel, and for each of the new columns, `names`.
    """
    levels = {name: axis.levels() for name, axis in axes.items()}
    order = sorted(levels, key=lambda name: (len(levels[name]) == 1, not axes[name].is_range))
    over = [name for name in order if axes[name].is_range and len(levels[name]) > 1][:2]
    heat = len(over) == 2
    across, *more = [*over, *(name for name in order if name not in over)] if heat else order
    second, rest = more[:1], more[1:]
    wanted = {across: SIDE if heat else ALONG} | dict.fromkeys(second, SIDE if heat else FAMILY)
    wanted |= _budget({name: len(levels[name]) for name in rest}, max(MULTIPLES // len(names), 1))
    kept = {name: _thinned(levels[name], wanted[name]) for name in [*rest, *second, across]}
    grid = Product(kept)
    columns = dict(zip(kept, grid.columns(0, grid.rows), strict=True))
    new = [np.asarray(column, np.float64) for column in evaluate({name: columns[name] for name in axes})]
    size = len(kept[across]) * prod(len(kept[name]) for name in second)
    panels: list[Lines | Heat | Cloud] = []
    for of, column in list(zip(names, new, strict=True))[:MULTIPLES]:
        for k, numbers in enumerate(product(*(kept[name] for name in rest))):
            title = ", ".join(map(_equal, rest, numbers))
            values = column[k * size : (k + 1) * size]
            if heat:
                panels.append(Heat(of, title, across, second[0], (kept[across], kept[second[0]]), values))
            else:
                panels.append(Lines(of, title, across, kept[across], _lines(second, kept, values)))
    thinned = [*rest, *([] if heat else second)]
    notes = [_left_out(f"numbers of {name}", len(kept[name]), len(levels[name])) for name in thinned]
    notes.append(_left_out("columns", min(len(names), MULTIPLES), len(names)))
    return Picture(tuple(panels), tuple(filter(None, notes)))


def evaluated(compute: Compute) -> Evaluate:
    """The new columns for columns of what is swept."""

    def evaluate(columns: Mapping[str, Column]) -> Sequence[Column]:
        rows = range(len(next(iter(columns.values()))))

        def read(names: Sequence[str]) -> Iterable[tuple[range, dict[str, Column]]]:
            yield rows, {name: columns[name] for name in names}

        ((_, found),) = compute(read)
        return found

    return evaluate


def _lines(second: Sequence[str], kept: Mapping[str, Column], values: Column) -> tuple[tuple[str, Column], ...]:
    """A line for each number of the second variable, if there is one."""
    if not second:
        return (("", values),)
    (name,) = second
    size = len(values) // len(kept[name])
    return tuple((_equal(name, x), values[k * size : (k + 1) * size]) for k, x in enumerate(kept[name]))


def cloud(axes: Mapping[str, Axis], names: Sequence[str], maker: Maker, evaluate: Evaluate) -> Picture:
    """The picture of a design: its first rows, over each variable."""
    columns = dict(zip(maker.header, maker.columns(0, min(maker.rows, ROWS)), strict=True))
    new = evaluate(columns)
    panels = [
        Cloud(of, "", name, columns[name], column) for of, column in zip(names, new, strict=True) for name in axes
    ]
    notes = _left_out("rows", len(new[0]), maker.rows), _left_out("panels", MULTIPLES, len(panels))
    return Picture(tuple(panels[:MULTIPLES]), tuple(filter(None, notes)))


def _left_out(what: str, shown: int, of: int) -> str:
    return f"{shown:,} of the {of:,} {what} are drawn" if shown < of else ""


def _budget(counts: dict[str, int], most: int) -> dict[str, int]:
    """How many numbers of each variable are kept, so that they make no more than `most` panels."""
    found = dict(counts)
    while found and prod(found.values()) > most:
        found[max(found, key=lambda name: found[name])] -= 1
    return found


def _thinned(numbers: Column, most: int) -> Column:
    """At most so many of the numbers, evenly chosen, the ends among them."""
    count = len(numbers)
    if count <= most:
        return numbers
    return [numbers[round(k * (count - 1) / (most - 1))] for k in range(most)] if most > 1 else [numbers[0]]


def _equal(name: str, number: float) -> str:
    return f"{name} = {rounded(float(number), _DIGITS)}"
