"""The numbers of a range: from the first to the last in equal steps."""

from __future__ import annotations

import math
from collections.abc import Sequence

from exprgrad.errors import LimitError, UsageError
from exprgrad.text.numbers import exact_steps, format_number

MOST = 10_000_000
"""The most numbers of a range: more belong into a file."""


def stepped(option: str, ends: Sequence[float], texts: Sequence[str], most: int = MOST) -> list[float]:
    """The numbers of a range, of which `ends` are first, last and step, and `texts` what was written for them; the last
    one is among them where the steps meet it.

    Raises UsageError, which begins with the `option`, for steps that do not lead from the first to the last, and
    LimitError for more numbers than `most`.
    """
    first, last, step = ends
    steps = (last - first) / step if step else math.nan
    if not (math.isfinite(steps) and steps >= 0):
        plain = f"{option}: steps of {step:g} do not lead from {first:g} to {last:g}"
        raise UsageError(plain, hint=_meant(ends))
    whole = math.floor(steps * (1 + 1e-12) + 1e-9)
    if whole >= most:
        raise LimitError(f"{option}: a range of {whole + 1:.3g} numbers; the limit is {most:,}")
    numbers = exact_steps(texts[0], texts[2], whole + 1) or [first + k * step for k in range(whole + 1)]
    if abs(steps - whole) < 1e-9 * max(1.0, steps):
        numbers[-1] = last
    return numbers


def _meant(ends: Sequence[float]) -> str:
    """The range that is meant, where the step has the wrong sign or is 0."""
    if not all(map(math.isfinite, ends)):
        return "a range has a first and a last number"
    first, last, step = ends
    size = abs(step) or abs(last - first) / 10 or 1.0
    if step > 0 and first > last:  # the ends are exchanged, or it goes down
        up = ":".join(map(format_number, (last, first, *([step] if step != 1 else []))))
        return f"write {up}, or downwards {format_number(first)}:{format_number(last)}:-{format_number(step)}"
    return f"write {format_number(first)}:{format_number(last)}:{format_number(size if last > first else -size)}"
