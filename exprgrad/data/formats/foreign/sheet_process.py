"""Reads one sheet of a workbook, in a process of its own: where a file claims too much, its library ends the process.

    python sheet_process.py FILE SHEET BYTES

SHEET is JSON: a text with the name or number of one, or null for the first. Lines of JSON go to standard output: the
names of the sheets, which one is read, the number of its first row, from 1, and of its first column, from 0; then rows,
some at a time; or what is wrong.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

_ROWS = 1 << 10
"""Rows of a line."""


def main(path: str, wanted: str | None, memory: int) -> None:
    """Write all that is to be known of a sheet."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    import python_calamine as calamine

    try:
        for line in _lines(calamine.CalamineWorkbook.from_path(path), wanted, calamine):
            _say(line)
    except calamine.PasswordError:
        _say({"error": "it is protected by a password"})
    except (calamine.CalamineError, ValueError, OverflowError) as error:
        _say({"error": str(error) or "it is damaged"})


def _say(line: Any) -> None:
    sys.stdout.write(json.dumps(line, default=_tagged) + "\n")


def _lines(book: Any, wanted: str | None, calamine: Any) -> Iterator[Any]:
    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    shown = [sheet.name for sheet in sheets if sheet.visible == calamine.SheetVisibleEnum.Visible] or names
    chosen = wanted if wanted in names else None
    if wanted is None:
        chosen = shown[0] if shown else None
    elif chosen is None and wanted.isdecimal() and 0 < int(wanted[:6]) <= len(names):
        chosen = names[int(wanted[:6]) - 1]
    sheet = None if chosen is None else book.get_sheet_by_name(chosen)
    start = sheet.start if sheet else None
    yield {"sheets": names, "chosen": chosen, "first": start[0] + 1 if start else 1, "left": start[1] if start else 0}
    if sheet is not None:
        rows = iter(sheet.iter_rows())
        while some := list(islice(rows, _ROWS)):
            yield some


def _tagged(value: Any) -> Any:
    """A value that JSON does not have, with a letter for its type."""
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"t": f"{value.isoformat()}T00:00:00"}
    if isinstance(value, time):
        return {"c": value.isoformat()}
    if isinstance(value, timedelta):
        return {"l": value / timedelta(microseconds=1)}
    return str(value)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]))
