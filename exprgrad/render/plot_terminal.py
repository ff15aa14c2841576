"""Curves on a terminal, in dots of Braille. The only import of plotille."""

from __future__ import annotations

from typing import NamedTuple

from exprgrad.errors import UsageError
from exprgrad.render.view import heights, pieces
from exprgrad.results import Curve, Curves

try:
    import plotille  # type: ignore[import-untyped, unused-ignore]
except ImportError:
    raise UsageError(
        "plots on a terminal need plotille, which is not installed", hint='pip install "exprgrad[plot]"'
    ) from None

_COLOURS = ("bright_cyan", "bright_yellow", "bright_magenta", "bright_green", "bright_red", "bright_blue")
_NARROW, _NARROWEST = 30, 8
"""Columns of a terminal that has no room for long numbers, and of the least canvas."""
_BRAILLE = 0x2800
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_TOP, _MIDDLE, _BOTTOM = 0b00001001, 0b00110110, 0b11000000


class Screen(NamedTuple):
    """Where the plot is shown."""

    columns: int
    lines: int
    colours: bool
    unicode: bool
    """Whether it can show Braille; else dots, colons and quotes stand for it."""


def plot(record: Curves, screen: Screen) -> str:
    """The curves in one picture, by colour; a picture for each where there are no colours."""
    together = screen.colours or len(record.curves) == 1
    groups = [record.curves] if together else [(curve,) for curve in record.curves]
    height = max(screen.lines // len(groups), 4)
    text = "\n".join(_picture(record, list(group), screen, height) for group in groups)
    return text if screen.unicode else "".join(map(_plain, text))


def _picture(record: Curves, curves: list[Curve], screen: Screen, height: int) -> str:
    low, high = heights((curve.values for curve in curves), air=0.0)
    digits = 4 if screen.columns >= _NARROW else 2
    labels = [f"{high:.{digits}g}", f"{low:.{digits}g}"]
    margin = max(map(len, labels))
    width = max(screen.columns - margin - 3, _NARROWEST)
    first, last = float(record.points[0]), float(record.points[-1])
    kwargs = {"mode": "names"} if screen.colours else {}
    canvas = plotille.Canvas(width, height, first, low, last, high, **kwargs)
    lines = []
    for k, curve in enumerate(curves):
        colour = _COLOURS[k % len(_COLOURS)] if screen.colours else None
        lines += _wrapped(curve.label, screen.columns - 3, colour)
        for piece in pieces(record.points, curve.values, low, high):
            for (x, y), (u, v) in zip(piece, piece[1:] or piece, strict=False):
                canvas.line(x, y, u, v, color=colour)
    rows = canvas.plot().split("\n")
    for k, row in enumerate(rows):
        label = labels[0] if k == 0 else labels[1] if k == len(rows) - 1 else ""
        lines.append(f"{label:>{margin}} ┤{row}" if label else f"{'':>{margin}} │{row}")
    left, right = f"{first:.4g}", f"{last:.4g}"
    name = record.variable
    space = width - len(left) - len(right)
    axis = f"{left}{name:^{space}}{right}" if space > len(name) + 1 else f"{name}: {left} … {right}"
    lines.append(f"{'':>{margin}} └{'─' * width}")
    lines.append(" " * (margin + 2) + axis)
    return "".join(f"{line.rstrip(' ⠀')}\n" for line in lines)


def _wrapped(label: str, width: int, colour: str | None) -> list[str]:
    """The legend's lines for a curve."""
    width = max(width, 8)
    text = label if len(label) <= width else f"{label[: width - 1]}…"
    return [f"{plotille.color('━━', fg=colour)} {text}"] if colour else [text]


def _plain(character: str) -> str:
    """A character in ASCII: dots above the middle are a quote, below it a point."""
    dots = ord(character) - _BRAILLE
    if 0 <= dots < 256:
        if not dots:
            return " "
        above, below = bool(dots & (_TOP | 0b00010010)), bool(dots & (_BOTTOM | 0b00100100))
        return ":" if above and below else "'" if above else "."
    if character in _RAISED:
        return str(_RAISED.index(character))
    return {"┤": "+", "│": "|", "└": "+", "─": "-", "━": "-", "…": "~"}.get(
        character, character if character.isascii() else "?"
    )
