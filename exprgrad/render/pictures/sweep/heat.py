"""A heat map in characters: half blocks in colours, shades without colours, ASCII where there is no more."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from exprgrad.jobs.sweep.picture import Heat
from exprgrad.render.pictures.screen import Screen, cut

RAMP = (54, 55, 61, 67, 73, 72, 78, 114, 149, 191, 227)
"""Colours of a terminal with 256, from dark violet to bright yellow: lightness tells them apart, too."""
_SHADES, _ASCII = " ░▒▓█", " .:-=+*#%@"
_GAP, _PLAIN_GAP = "·", "?"
_DIGITS = 4
_NARROWEST, _LOWEST = 8, 4


def characters(heat: Heat, scale: tuple[float, float], screen: Screen, height: int) -> str:
    """The map, with the variables at its sides and the scale above it. Numbers beyond the `scale` have the colour of
    its end; where there is no number there is a gap."""
    xs, ys = heat.points
    digits = screen.digits or _DIGITS
    labels = [f"{float(ys[end]):.{digits}g}" for end in (-1, 0)]
    margin = max(map(len, labels))
    width = max(screen.columns - margin - 3, _NARROWEST)
    height = max(height, _LOWEST)
    title = f"{heat.of}, {heat.title}" if heat.title else heat.of
    bar, upright, corner, floor = ("┤", "│", "└", "─") if screen.unicode else ("+", "|", "+", "-")
    lines = [cut(title, screen.columns), _legend(scale, digits, screen), f"{heat.up:>{margin}}"]
    for k, row in enumerate(_rows(heat, scale, screen, width, height)):
        label = labels[0] if k == 0 else labels[1] if k == height - 1 else ""
        lines.append(f"{label:>{margin}} {bar if label else upright}{row}")
    left, right = (f"{float(xs[end]):.{digits}g}" for end in (0, -1))
    space = width - len(left) - len(right)
    axis = f"{left}{heat.across:^{space}}{right}" if space > len(heat.across) + 1 else f"{left} {heat.across} {right}"
    lines += [f"{'':>{margin}} {corner}{floor * width}", " " * (margin + 2) + axis]
    text = "".join(f"{line.rstrip()}\n" for line in lines)
    return text if screen.unicode else text.replace("…", "~").encode("ascii", "replace").decode()


def _legend(scale: tuple[float, float], digits: int, screen: Screen) -> str:
    low, high = (f"{end:.{digits}g}" for end in scale)
    if screen.colours:
        return f"{low} {''.join(f'{_on(colour)} ' for colour in RAMP)}\x1b[0m {high}"
    return f"{low} [{_SHADES if screen.unicode else _ASCII}] {high}"


def _rows(heat: Heat, scale: tuple[float, float], screen: Screen, width: int, height: int) -> list[str]:
    """The lines of the map, from the top to the bottom."""
    halves = 2 if screen.colours and screen.unicode else 1
    steps = len(RAMP) if screen.colours else len(_SHADES if screen.unicode else _ASCII)
    cells = _cells(heat, scale, width, halves * height, steps)
    if not screen.colours:
        shades, gap = (_SHADES, _GAP) if screen.unicode else (_ASCII, _PLAIN_GAP)
        return ["".join(gap if step is None else shades[step] for step in row) for row in cells]
    if halves == 1:
        return [f"{''.join(' ' if k is None else f'{_on(RAMP[k])} ' for k in row)}\x1b[0m" for row in cells]
    return [_halves(upper, lower) for upper, lower in zip(cells[::2], cells[1::2], strict=True)]


def _halves(upper: Sequence[int | None], lower: Sequence[int | None]) -> str:
    """Two rows of cells in one line: each character has the colour of the upper one, on that of the lower one."""
    found, before = [], ""
    for top, bottom in zip(upper, lower, strict=True):
        if top is None:
            colours, character = (f"\x1b[0;38;5;{RAMP[bottom]}m", "▄") if bottom is not None else ("\x1b[0m", " ")
        else:
            below = f";48;5;{RAMP[bottom]}" if bottom is not None else ""
            colours, character = f"\x1b[0;38;5;{RAMP[top]}{below}m", "▀"
        found.append(character if colours == before else colours + character)
        before = colours
    return f"{''.join(found)}\x1b[0m"


def _on(colour: int) -> str:
    """What makes the ground of a character coloured."""
    return f"\x1b[48;5;{colour}m"


def _cells(heat: Heat, scale: tuple[float, float], width: int, height: int, steps: int) -> list[list[int | None]]:
    """The step of the scale in each cell, the top row first; None where there is no number."""
    xs, ys = heat.points
    low, high = scale
    found = []
    for row in range(height):
        y = (2 * (height - 1 - row) + 1) * len(ys) // (2 * height)
        places = (y * len(xs) + (2 * column + 1) * len(xs) // (2 * width) for column in range(width))
        found.append([_step(float(heat.values[place]), low, high, steps) for place in places])
    return found


def _step(value: float, low: float, high: float, steps: int) -> int | None:
    if not isfinite(value):
        return None
    fraction = (value / 2 - low / 2) / (high / 2 - low / 2)  # halves: their difference is finite
    return min(max(int(fraction * steps), 0), steps - 1)
