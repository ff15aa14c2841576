"""Results as they show themselves: as text at a prompt, as HTML in a notebook, as LaTeX where that is asked for."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from textwrap import fill
from typing import Any

from exprgrad.errors import in_python
from exprgrad.jobs.differentiate.result import Derivatives
from exprgrad.notation import latex as formulas
from exprgrad.render import html as pages
from exprgrad.render.naming import named
from exprgrad.render.results.registry import renderer, tables
from exprgrad.render.sheet import DIGITS, Cell, Sheet, cell_text
from exprgrad.render.table import table
from exprgrad.text.escapes import visible

_WIDTH = 80
"""Characters of a line where there is no terminal."""
_ROWS = 20
"""Rows of a table that are shown; of more the first and the last ones."""
_FOLDED: Any = {"break_on_hyphens": False, "subsequent_indent": "  "}
_LONGEST = 4_000
"""Characters of a formula that is typeset."""


def text(result: Any) -> str:
    """A caption, the tables, and the notes."""
    width = get_terminal_size((_WIDTH, 24)).columns if sys.stdout is not None and sys.stdout.isatty() else _WIDTH
    drawn = [table(sheet, width=width).rstrip("\n") for sheet in _sheets(result)]
    caption = _caption(result)
    around = [[*([caption] if caption else []), *_lead(result)], [f"note: {note}" for note in _notes(result)]]
    above, below = ([fill(visible(line), width, **_FOLDED) for line in lines] for lines in around)
    return "\n".join([*above, *drawn, *below])


def html(result: Any) -> str | None:
    """The same as HTML; of derivatives none, where LaTeX shows them."""
    if isinstance(result, Derivatives) and latex(result):
        return None
    caption = _caption(result)
    parts = [f"<p><code>{pages.text(caption)}</code></p>"] if caption else []
    parts += [f"<p>{'</p><p>'.join(map(pages.text, _lead(result)))}</p>"] if _lead(result) else []
    parts += [pages.table(sheet.header, sheet.rows, alone=True, codes=_CODES) for sheet in _sheets(result)]
    parts += [f"<p>{pages.text(note)}</p>" for note in _notes(result)]
    return f"<div>{''.join(parts)}</div>"


def latex(result: Any) -> str | None:
    """Derivatives as equations, other results as arrays, for math mode."""
    if isinstance(result, Derivatives):
        return _equations(result)
    arrays = [_array(sheet) for sheet in _sheets(result)]
    return "".join(f"$$\n{array}\n$$\n" for array in arrays)


_CODES = ("name", "expression", "rule", "numbers", "forward", "backward")
"""Columns of expressions."""


def _caption(result: Any) -> str:
    shown = renderer(result)
    return str(shown.caption(result)) if hasattr(shown, "caption") else ""


def _lead(result: Any) -> list[str]:
    """The lines above the tables."""
    shown = renderer(result)
    return list(shown.lead(result)) if hasattr(shown, "lead") else []


def _sheets(result: Any) -> list[Sheet]:
    """The tables, of which long ones lose their middle."""
    return [sheet._replace(rows=_ends(sheet.rows)) for sheet in tables(result)]


def _ends(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    if len(rows) <= _ROWS:
        return rows
    return [*rows[: _ROWS // 2], ("…",) * len(rows[0]), *rows[-(_ROWS // 2) :]]


def _notes(result: Any) -> list[str]:
    """Without the excerpts of the source text below them."""
    return [in_python(note).partition("\n")[0] for note in getattr(result, "notes", ())]


def _equations(result: Derivatives) -> str | None:
    name, _ = named("", expression=result.expression)
    lines = [
        f"{formulas.derivative(formulas.name(name), wrt)} &= {formula.latex}"
        for wrt, formula in result.formulas.items()
    ]
    if sum(map(len, lines)) > _LONGEST:
        return None
    body = " \\\\\n".join(lines)
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"


def _array(sheet: Sheet) -> str:
    numbers = [any(not isinstance(row[k], str) for row in sheet.rows) for k in range(len(sheet.header))]
    lines = [" & ".join(map(_cell, sheet.header)) + r" \\ \hline"]
    lines += [" & ".join(map(_cell, row)) + r" \\" for row in sheet.rows]
    body = "\n".join(lines)
    return f"\\begin{{array}}{{{''.join('r' if number else 'l' for number in numbers)}}}\n{body}\n\\end{{array}}"


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return rf"\text{{{_escaped(visible(cell))}}}" if cell else ""
    return _escaped(cell_text(cell, DIGITS))


_TEX = str.maketrans(
    {character: rf"\{character}" for character in "#$%&_{}"}
    | {"\\": r"$\backslash$", "^": r"\^{}", "~": r"$\sim$", "<": r"$<$", ">": r"$>$"}
)


def _escaped(text: str) -> str:
    return text.translate(_TEX)
