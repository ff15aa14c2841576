"""The published numbers as tables of docs/uncertainty.md: `python -m tests.jobs.uncertainty.published` writes them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.jobs.uncertainty.published import eurachem, gum, others, supplements
from tests.jobs.uncertainty.published.case import Number, unit
from tests.jobs.uncertainty.published.seen import listed
from tests.jobs.uncertainty.published.trials import EXAMPLES

PAGE = Path(__file__).parents[4] / "docs" / "uncertainty.md"
CASES = (*gum.CASES, *supplements.CASES, *eurachem.CASES, *others.CASES)


class Compared(NamedTuple):
    """A number as printed, and as computed."""

    source: str
    seen: str
    number: Number
    computed: float

    @property
    def agrees(self) -> bool:
        """Whether they agree to half a unit of the last digit that is printed."""
        printed = self.number.printed
        return abs(self.computed - float(printed)) <= unit(printed) / 2 * (1 + 1e-9)


@cache
def compared() -> tuple[Compared, ...]:
    return tuple(_compared())


def _compared() -> Iterator[Compared]:
    for each in CASES:
        found = each.run()
        for number in each.numbers:
            yield Compared(each.source, number.seen or each.seen, number, number.read(found))


def linear_table() -> str:
    """All but what trials give."""
    rows = ["| source | number | printed | computed | seen in | |", "|---|---|---:|---:|---|---|"]
    for source, seen, number, computed in compared():
        digits = len(number.printed.lstrip("-0.").replace(".", "")) + 1
        shown = f"{computed:.{max(digits, 2)}g}" if math.isfinite(computed) else str(computed)
        rows.append(f"| {source} | {number.what} | {number.printed} | {shown} | {seen} | {number.why} |")
    return "\n".join(rows) + "\n"


def trials_table(trials: int = 1_000_000) -> str:
    """What trials give."""
    rows = ["| source | number | printed | trials | seen in |", "|---|---|---:|---:|---|"]
    for example in EXAMPLES:
        for name, printed, value, _, seen in example.rows(example.run(trials)):
            decimals = len(printed.partition(".")[2])
            shown = f"{value:.{decimals}f}"
            shown = shown.lstrip("-") if float(shown) == 0 else shown
            rows.append(f"| {example.source} | {name} | {printed} | {shown} | {seen} |")
    return "\n".join(rows) + "\n"


def seen_list() -> str:
    """What the column of sources means."""
    keys = {each.seen for each in compared()} | {key for example in EXAMPLES for key in example.keys}
    return listed(keys) + "\n"


def written(page: str, trials: bool = False) -> str:
    """The page with the tables in their places; that of the trials stays unless it is wanted."""
    page = _placed(page, "published numbers", linear_table())
    page = _placed(page, "sources", seen_list())
    return _placed(page, "trials", trials_table()) if trials else page


def _placed(page: str, what: str, text: str) -> str:
    start, end = f"<!-- {what}: written by tests.jobs.uncertainty.published -->\n", f"<!-- end of {what} -->\n"
    before, found, rest = page.partition(start)
    _, ended, after = rest.partition(end)
    assert found, f"the page has no place for: {what}"
    assert ended, f"the place for this has no end: {what}"
    return f"{before}{start}\n{text}\n{end}{after}"
