"""An explanation's steps as a person would write them on a blackboard."""

from __future__ import annotations

import re

from exprgrad.evaluation.naming import signed, slope_text
from exprgrad.graph.infix import format_number
from exprgrad.render.sheet import Cell, Sheet
from exprgrad.results import BackwardStep, Explanation, ForwardStep

_LOOSE = re.compile(r" (<|>|<=|>=|==|!=|\?|and|or) |\bnot ")
"""Operators that an equals sign would be mistaken for, or bind tighter than."""


def forward_text(step: ForwardStep) -> str:
    """`u = a*b = 3*2 = 6`."""
    parts = [step.name, step.operation, step.numbers, format_number(step.value)]
    return " = ".join(dict.fromkeys(f"({part})" if _LOOSE.search(part) else part for part in parts if part))


def backward_text(record: Explanation, step: BackwardStep) -> str:
    """`dL/du += dL/dv * dv/du = 5 * 1 = 5`."""
    numbers = _numbers(step) or ("1" if step.node == step.operand else "")
    return " = ".join(filter(None, [_formula(record, step), numbers]))


def _formula(record: Explanation, step: BackwardStep) -> str:
    """`dL/du += dL/dv * dv/du`."""
    into = slope_text(record.result, step.operand)
    if step.partial is None:
        return f"{into} += nothing"
    if step.node == step.operand:
        return into
    return f"{into} += {slope_text(record.result, step.node)} * {slope_text(step.node, step.operand)}"


def _numbers(step: BackwardStep) -> str:
    """`5 * 1 = 5`."""
    if step.partial is None or step.contribution is None:
        return ""
    if step.node == step.operand:
        return ""
    product = f"{format_number(step.adjoint)} * {signed(format_number(step.partial))}"
    return f"{product} = {format_number(step.contribution)}"


def _rule(step: BackwardStep) -> str:
    """`dv/du = 1`."""
    return "the start" if step.node == step.operand else f"{slope_text(step.node, step.operand)} = {step.rule}"


def steps(record: Explanation) -> list[tuple[Cell, ...]]:
    """A row a step: its number and pass, what it is about, the computation, the rule, the value so far, a note."""
    rows: list[tuple[Cell, ...]] = [
        (k, "forward", step.name, forward_text(step), "" if step.operation else "given", step.value, step.note)
        for k, step in enumerate(record.forward, 1)
    ]
    for k, back in enumerate(record.backward, len(rows) + 1):
        of = slope_text(record.result, back.operand)
        rows.append((k, "backward", of, backward_text(record, back), _rule(back), back.total, back.note))
    return rows


def tables(record: Explanation) -> str:
    """A table for each pass; where the terminal is too narrow, steps are on several lines of it."""
    from exprgrad.render.table import fits, table

    forward: list[tuple[Cell, ...]] = [
        (k, step.name, step.operation or "given", step.numbers, step.value, step.note)
        for k, step in enumerate(record.forward, 1)
    ]
    backward: list[tuple[Cell, ...]] = [
        (k, _formula(record, step), _rule(step), _numbers(step), step.total, step.note)
        for k, step in enumerate(record.backward, len(forward) + 1)
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
    for number, formula, rule, numbers, total, note in backward:
        rows.append((number, formula, total))
        rows += [("", f"  {text}", "") for text in (rule, numbers, note) if text]
    return Sheet(("step", "backward", "total"), rows)


def page(record: Explanation, index: int) -> str:
    """One step on lines of its own."""
    rows = steps(record)
    number, name, of, computation, rule, value, note = rows[index]
    lines = [f"step {number} of {len(rows)}, {name}", f"  {computation}"]
    lines += [f"  rule: {rule}"] if rule and name == "backward" else [f"  {rule}"] if rule else []
    lines += [f"  so far: {of} = {format_number(value)}"] if name == "backward" and isinstance(value, float) else []
    return "\n".join(lines + ([f"  {note}"] if note else [])) + "\n"
