"""An explanation's steps as a person would write them on a blackboard."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.jobs.explain.result import Explanation
from exprgrad.notation.result import slope_text
from exprgrad.render.documents import Document, finite, number, numbers
from exprgrad.render.sheet import Cell, Computation, Sheet, cell_text, derivative
from exprgrad.tracing.blackboard import backward_text, formula_text, forward_text, numbers_text
from exprgrad.tracing.steps import BackwardStep


def _rule(step: BackwardStep) -> str:
    """`dv/du = 1`."""
    return "the start" if step.node == step.operand else f"{slope_text(step.node, step.operand)} = {step.rule}"


def _steps(result: Explanation) -> list[tuple[Cell, ...]]:
    """A row for each step: its number and pass, its subject, the computation, the rule, the value so far, a note."""
    rows: list[tuple[Cell, ...]] = [
        (k, "forward", step.name, Computation(forward_text(step)), "" if step.operation else "given", step.value,
         Computation(step.note))
        for k, step in enumerate(result.forward, 1)
    ]  # fmt: skip
    for k, back in enumerate(result.backward, len(rows) + 1):
        of, text = slope_text(result.result, back.operand), Computation(backward_text(result.result, back))
        rows.append((k, "backward", of, text, _rule(back), derivative(back.total), Computation(back.note)))
    return rows


def caption(result: Explanation) -> str:
    """What is explained."""
    return f"{result.result} = {result.expression}" if result.result != result.expression else result.expression


def sheets(result: Explanation) -> list[Sheet]:
    """All steps of both passes."""
    return [Sheet(("step", "pass", "of", "computation", "rule", "value", "note"), _steps(result))]


def tables(result: Explanation) -> list[Sheet]:
    """A table for each pass; where the terminal is too narrow, a step takes several lines."""
    forward: list[tuple[Cell, ...]] = [
        (k, step.name, step.operation or "given", Computation(step.numbers), step.value, Computation(step.note))
        for k, step in enumerate(result.forward, 1)
    ]
    backward: list[tuple[Cell, ...]] = [
        (k, formula_text(result.result, step), _rule(step), Computation(numbers_text(step)), derivative(step.total),
         Computation(step.note))
        for k, step in enumerate(result.backward, len(forward) + 1)
    ]  # fmt: skip
    found = [_fitting(("step", "forward", "operation", "numbers", "value"), forward)]
    return [*found, _fitting(("step", "backward", "rule", "numbers", "total"), backward)] if backward else found


_PLAIN = ("", "given", "the start")
"""What is not worth a line of its own."""


def _fitting(header: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Sheet:
    """A sheet with a last column for the notes, if there are any; where there is no room, the texts of each step stand
    below each other."""
    step, subject, *_, number = header
    stacked: list[tuple[Cell, ...]] = []
    for k, what, *texts, value, note in rows:
        stacked.append((k, what, value))
        stacked += [("", _below(text), "") for text in (*texts, note) if text not in _PLAIN]
    narrow = Sheet((step, subject, number), stacked)
    if any(row[-1] for row in rows):
        return Sheet((*header, "note"), rows, narrow=narrow)
    return Sheet(header, [row[:-1] for row in rows], narrow=narrow)


def _below(text: Cell) -> Cell:
    return Computation(f"  {text}") if isinstance(text, Computation) else f"  {text}"


def page(result: Explanation, index: int, digits: int) -> str:
    """One step on lines of its own."""
    rows = _steps(result)
    number, name, of, computation, rule, value, note = (cell_text(cell, digits) for cell in rows[index])
    lines = [f"step {number} of {len(rows)}, {name}", f"  {computation}"]
    lines += [f"  rule: {rule}"] if rule and name == "backward" else [f"  {rule}"] if rule else []
    lines += [f"  so far: {of} = {value}"] if name == "backward" else []
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
