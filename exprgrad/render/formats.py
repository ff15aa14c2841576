"""A record in one of the output formats."""

from __future__ import annotations

from exprgrad.render.sheet import Record, sheet, sheets
from exprgrad.results import Explanation

FORMATS = ("table", "plain", "json", "jsonl", "csv")


def render(record: Record, output: str) -> str:
    """The record as text. Only what the format needs is imported."""
    if output in ("json", "jsonl"):
        from exprgrad.render import documents

        return documents.document(record) if output == "json" else documents.lines(record)
    if isinstance(record, Explanation) and output == "table":
        from exprgrad.render.explanation import tables

        return tables(record)
    if output == "table":
        from exprgrad.render.table import table

        return "".join(map(table, sheets(record, people=True)))
    from exprgrad.render import lines

    return lines.csv(sheet(record)) if output == "csv" else "".join(map(lines.plain, sheets(record)))
