"""Tables in drawn dialects: each is read as it was written, or refused with an option named; never as another.

    python -m benchmarks.dialects [--draws N] [--first SEED]

Draws tables and dialects (`tests/data/dialects.py`), 20,000 by default, writes each to a file and reads it back through
the door that all commands use. Prints what was read, what was refused, and each table that was read as another one;
ends with 1 if there is any.
"""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from random import Random

from exprgrad.data.table import Table, open_table
from exprgrad.errors import ExprgradError
from tests.data.dialects import Drawn, drawn, is_text, same
from tests.data.tables import whole


def main() -> int:
    """The command."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    line = parser.parse_args()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(line.first, line.first + line.draws):
            table = drawn(Random(seed))
            found = verdict(table, Path(folder))
            counts[found if found in ("read", "refused") else "wrong"] += 1
            if found not in ("read", "refused"):
                print(f"seed {seed}: {found}\n  {table.said}\n  {table.content!r}")
    print(", ".join(f"{number:,} {what}" for what, number in counts.most_common()))
    return int(counts["wrong"] > 0)


def verdict(table: Drawn, folder: Path) -> str:
    """Whether the table, as a file in a folder, is "read", "refused", or what is wrong."""
    path = folder / f"drawn.{table.suffix}"
    path.write_bytes(table.content)
    try:
        found = open_table([str(path)], nulls="nan")
        return _compared(table, found)
    except ExprgradError as error:
        text = str(error)
        return "refused" if "--" in text or "where the header has" in text else f"no option: {text}"


def _compared(table: Drawn, found: Table) -> str:
    names = [name.strip().strip('"') for name in found.header]
    if len(names) < len(table.names) and not any(table.columns[-1]):  # without values it is no loss
        table = table._replace(names=table.names[:-1], columns=table.columns[:-1])
    if names == [*table.names, f"c{len(names)}"]:  # nor is it more
        without: list[float | str | None] = [None] * len(table.columns[0])
        table = table._replace(names=names, columns=[*table.columns, without])
    if names != table.names and not (table.nameless and names == [f"c{k + 1}" for k in range(len(table.names))]):
        return f"the names {names} for {table.names}"
    columns = dict(zip(found.header, table.columns, strict=True))
    for name, values in whole(found, [name for name, column in columns.items() if not is_text(column)]).items():
        if len(values) != len(columns[name]):
            return f"{len(values)} rows for {len(columns[name])}"
        for value, wanted in zip(values, columns[name], strict=True):
            if not same(wanted, value):
                return f"{value!r} for {wanted!r} in {name}"
    return "read"


if __name__ == "__main__":
    raise SystemExit(main())
