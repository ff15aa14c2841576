"""An explanation's steps as a person would write them on a blackboard."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.jobs.explain.result import Explanation
from exprgrad.render.documents import Document, finite, number, numbers
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.text.numbers import format_number
from exprgrad.tracing.blackboard import backward_text, formula_text, forward_text, numbers_text, slope_text
from exprgrad.tracing.steps import BackwardStep


def _rule(step: BackwardStep) -> str:
    """`dv/du = 1`."""
    return "the start" if step.node == step.operand else f"{slope_text(step.node, step.operand)} = {step.rule}"


def _steps(result: Explanation) -> list[tuple[Cell, ...]]:
    """A row for each step: its number and pass, its subject, the computation, the rule, the value so far, a note."""
    rows: list[tuple[Cell, ...]] = [
        (k, "forward", step.name, forward_text(step), "" if step.operation else "given", step.value, step.note)
        for k, step in enumerate(result.forward, 1)
    ]
    for k, back in enumerate(result.backward, len(rows) + 1):
        of = slope_text(result.result, back.operand)
        rows.append((k, "backward", of, backward_text(result.result, back), _rule(back), back.total, back.note))
    return rows


def sheets(result: Explanation) -> list[Sheet]:
    """All steps of both passes."""
    return [Sheet(("step", "pass", "of", "computation", "rule", "value", "note"), _steps(result))]


def tables(result: Explanation) -> str:
    """A table for each pass; where the terminal is too narrow, a step takes several lines."""
    from exprgrad.render.table import fits, table

    forward: list[tuple[Cell, ...]] = [
        (k, step.name, step.operation or "given", step.numbers, step.value, step.note)
        for k, step in enumerate(result.forward, 1)
    ]
    backward: list[tuple[Cell, ...]] = [
        (k, formula_text(result.result, step), _rule(step), numbers_text(step), step.total, step.note)
        for k, step in enumerate(result.backward, len(forward) + 1)
    ]
    narrow = _noted(("step", "forward", "operation", "numbers", "value"), forward)
    text = table(narrow if fits(narrow) else _below(narrow))
    if not backward:
        return text
    wide = _noted(("step", "backward", "rule", "numbers", "total"), backward)
    return text + table(wide if fits(wide) else _stacked(backward))


def _noted(header: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Sheet:
    """A sheet with a last column for the notes, if there are any."""
    if any(row[-1] for row in rows):
        return Sheet((*header, "note"), rows)
    return Sheet(header, [row[:-1] for row in rows])


def _below(sheet: Sheet) -> Sheet:
    """The notes on lines of their own."""
    if sheet.header[-1] != "note":
        return sheet
    rows: list[tuple[Cell, ...]] = []
    for row in sheet.rows:
        rows += [row[:-1], *([("", "", f"  {row[-1]}", "", "")] if row[-1] else [])]
    return Sheet(sheet.header[:-1], rows)


def _stacked(backward: list[tuple[Cell, ...]]) -> Sheet:
    """The rule, the numbers and the note of each step under its formula."""
    rows: list[tuple[Cell, ...]] = []
    for k, formula, rule, product, total, note in backward:
        rows.append((k, formula, total))
        rows += [("", f"  {text}", "") for text in (rule, product, note) if text]
    return Sheet(("step", "backward", "total"), rows)


def page(result: Explanation, index: int) -> str:
    """One step on lines of its own."""
    rows = _steps(result)
    number, name, of, computation, rule, value, note = rows[index]
    lines = [f"step {number} of {len(rows)}, {name}", f"  {computation}"]
    lines += [f"  rule: {rule}"] if rule and name == "backward" else [f"  {rule}"] if rule else []
    lines += [f"  so far: {of} = {format_number(value)}"] if name == "backward" and isinstance(value, float) else []
    return "\n".join(lines + ([f"  {note}"] if note else [])) + "\n"


def document(result: Explanation) -> Document:
    """Value, gradient, and the steps of each pass."""
    return {
        "expression": result.expression,
        "result": result.result,
        "value": number(result.value),
        "gradient": numbers(result.gradient),
        "forward": [{"text": forward_text(step), **_fields(step)} for step in result.forward],
        "backward": [{"text": backward_text(result.result, step), **_fields(step)} for step in result.backward],
    }


def lines(result: Explanation) -> list[Document]:
    """A document for each step."""
    whole = document(result)
    return [{"pass": name, **step} for name in ("forward", "backward") for step in whole[name]]


def _fields(result: NamedTuple) -> Document:
    return {name: finite(value) for name, value in result._asdict().items()}
