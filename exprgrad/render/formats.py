"""A result in one of the output formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exprgrad.render.results.registry import renderer, tables

if TYPE_CHECKING:
    from exprgrad.functions.entry import Function
    from exprgrad.functions.words import Word
    from exprgrad.jobs.check.result import Check
    from exprgrad.jobs.columns.result import Overview
    from exprgrad.jobs.differentiate.result import Derivatives
    from exprgrad.jobs.evaluate.result import Evaluation
    from exprgrad.jobs.explain.result import Explanation
    from exprgrad.jobs.fit.after.compare import Comparison
    from exprgrad.jobs.fit.groups.result import Groups
    from exprgrad.jobs.fit.result import Fit
    from exprgrad.jobs.sensitivity.result import Sensitivity
    from exprgrad.jobs.sweep.result import Excerpt
    from exprgrad.jobs.sweep.tornado import Tornado
    from exprgrad.jobs.train.result import Epoch, Training
    from exprgrad.jobs.uncertainty.result import Uncertainty

    Statistics = Fit | Groups | Comparison | Uncertainty | Sensitivity
    Rows = Overview | Excerpt | Tornado | Function | Word
    Shown = Evaluation | Training | Statistics | Derivatives | Check | Explanation | Rows
    Result = Shown | list[Function] | list[Epoch]

FORMATS = ("table", "plain", "json", "jsonl", "csv")
ENV = "env"
"""Assignments for a shell: a format of results that have parameters."""
LATEX = "latex"
"""A format of results that are formulas."""
MARKDOWN = "markdown"
"""Tables for a page."""
PICTURES = ("svg", "png", "pdf")
"""Formats of plots in files."""
LINES = ("plain", "jsonl", "csv")
"""Formats with a line for each row: the texts of some rows and of the next ones make up the text of all."""


def render(
    result: Result,
    output: str,
    digits: int | None = None,
    *,
    header: bool = False,
    follows: bool = False,
    to_file: bool = False,
) -> str:
    """The result as text, which may follow other rows. With a `header` plain lines have one, as CSV always has.
    `digits` is how many significant digits are shown, None for what fits the format; JSON has always all. A text that
    goes `to_file` has the width that it needs. Only what the result and the format need is imported.
    """
    shown = renderer(result)
    if output == "json":
        return _json(shown.document(result), indent=2)
    if output == ENV:
        return str(shown.assignments(result, digits))
    if output == LATEX:
        return str(shown.latex(result, digits))
    if output == MARKDOWN:
        return str(shown.markdown(result, digits))
    if output == "jsonl":
        return "".join(map(_json, shown.lines(result)))
    if output == "table":
        from exprgrad.render.table import table

        lead = [f"{line}\n" for line in shown.lead(result)] if hasattr(shown, "lead") else []
        return "".join([*lead, *(table(sheet, digits, to_file=to_file) for sheet in tables(result))])
    from exprgrad.render import lines

    sheets = shown.sheets(result)
    if output == "csv":
        return lines.csv(sheets[0], digits, header=not follows)
    return "".join(lines.plain(sheet, digits, header=header and not follows) for sheet in sheets)


def _json(content: Any, indent: int | None = None) -> str:
    import json

    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=indent)
    if not text.isascii() or "\x7f" in text:  # such characters are within strings only
        text = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
        text = text.replace("\x7f", "\\u007f")
    return text + "\n"
