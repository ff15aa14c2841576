"""The page on formats of data, from their registry and that of compressions."""

from __future__ import annotations

from collections.abc import Iterable

from exprgrad.data.formats.registry import FORMATS
from exprgrad.data.stores.compression import COMPRESSIONS

_PAGE = """# Kinds of data files

What `--data` reads, here, at a URL or in a pipe, and what `map -o` writes. A file is known by its first bytes or by its
name. This page is written by `python -m docs.generate`.

| format | name ends in | what it is | written | needs |
|---|---|---|---|---|
{formats}

A text, and what is read from front to back, may be compressed:

| compression | name ends in | written |
|---|---|---|
{compressions}

- A **zip archive** holds one file; its own name tells its format.
- **JSON** is read as rows come, in bounded memory; an object of columns is read at once, up to 64 MB.
- Fields of records in NDJSON, JSON, Parquet, Arrow and DuckDB are columns by their path: `--column x=pos.x`. A column
  that is really called `pos.x` comes first.
- **Arrays**: one with fields has a column for each; of two dimensions its columns are `c1`, `c2`, …; in an `.npz` file
  each array of one dimension is a column by its name. Arrays of Python objects are refused.
- **Workbooks**: the first sheet, or another by name or number with `--sheet`; formulas are the values that were saved
  with them; empty cells and errors such as `#N/A` are null, dates and times are times. A number that was typed as text
  is an error.
- **Databases** are opened to be read only; `--sheet` names the table where there are several.
- Other kinds of files (7z, RAR, tar, HDF5, MATLAB, R, pickles, …) are known by their first bytes: the message names the
  command that helps.
"""


def page() -> str:
    """The whole page."""
    formats = (
        (f"`{one.name}`", _listed(one.suffixes), one.about, _mark(one.written), f"`exprgrad[{one.extra}]`")
        for one in FORMATS.values()
    )
    compressions = ((one.name, _listed(one.suffixes), _mark(one.write is not None)) for one in COMPRESSIONS)
    return _PAGE.format(formats=_rows(formats), compressions=_rows(compressions))


def _rows(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _listed(suffixes: Iterable[str]) -> str:
    return " ".join(f"`{suffix}`" for suffix in suffixes)


def _mark(written: bool) -> str:
    return "yes" if written else "no"
