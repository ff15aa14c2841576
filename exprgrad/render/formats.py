"""A record in one of the output formats."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exprgrad.functions.entry import Function
    from exprgrad.jobs.check.result import Check
    from exprgrad.jobs.differentiate.result import Derivatives
    from exprgrad.jobs.evaluate.result import Evaluation
    from exprgrad.jobs.explain.result import Explanation
    from exprgrad.jobs.fit.result import Fit
    from exprgrad.jobs.train.result import Epoch, Training

    Record = Evaluation | Training | Fit | Derivatives | Check | Explanation | Function | list[Function] | list[Epoch]

FORMATS = ("table", "plain", "json", "jsonl", "csv")
LINES = ("plain", "jsonl", "csv")
"""Formats of a line a row: the text of some rows, and then that of others, is that of all."""


def render(record: Record, output: str, *, header: bool = True) -> str:
    """The record as text; without `header`, as what goes on after others. Only what the record and the format need is
    imported."""
    kind = type(record[0] if isinstance(record, list) else record).__name__.lower()
    shown: Any = import_module(f"exprgrad.render.results.{kind}")
    if output == "json":
        return _json(shown.document(record), indent=2)
    if output == "jsonl":
        return "".join(map(_json, shown.lines(record)))
    if output == "table":
        from exprgrad.render.table import table

        return shown.tables(record) if hasattr(shown, "tables") else "".join(map(table, shown.sheets(record)))
    from exprgrad.render import lines

    sheets = shown.sheets(record)
    return lines.csv(sheets[0], header=header) if output == "csv" else "".join(map(lines.plain, sheets))


def _json(content: Any, indent: int | None = None) -> str:
    import json

    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=indent)
    if not text.isascii() or "\x7f" in text:  # only ever within strings
        text = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
        text = text.replace("\x7f", "\\u007f")
    return text + "\n"
