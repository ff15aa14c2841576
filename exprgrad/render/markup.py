"""Sheets as tables of a document: Markdown and LaTeX."""

from __future__ import annotations

from exprgrad.render.sheet import DIGITS, Sheet, cell_text
from exprgrad.text.escapes import visible

_MARKDOWN = str.maketrans({"|": r"\|", "\\": r"\\", "*": r"\*", "_": r"\_", "<": "&lt;"})
_TEX = {character: rf"\{character}" for character in "#$%&_{}"}
_TEX |= {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}", "<": "$<$", ">": "$>$", "±": r"$\pm$", "²": "$^2$"}


def texts(sheet: Sheet, digits: int | None = None) -> list[list[str]]:
    """The cells of a sheet as text, with 6 digits, or so many, and those beyond that a row is worth."""
    extra = sheet.extra or (0,) * len(sheet.rows)
    return [
        [cell_text(cell, (digits or DIGITS) + (more if k == 1 else 0)) for k, cell in enumerate(row)]
        for row, more in zip(sheet.rows, extra, strict=True)
    ]


def markdown(sheet: Sheet, digits: int | None = None) -> str:
    """The sheet as a table with bars; numbers stand at the right."""
    rows = [[visible(cell).translate(_MARKDOWN) for cell in row] for row in [list(sheet.header), *texts(sheet, digits)]]
    marks = ["---:" if right else "---" for right in _numeric(sheet)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (rows[0], marks, *rows[1:]))


def latex(sheet: Sheet, digits: int | None = None) -> str:
    """The sheet as a tabular of LaTeX."""
    columns = "".join("r" if right else "l" for right in _numeric(sheet))
    head = " & ".join(map(escaped, sheet.header))
    body = "".join(f"{' & '.join(map(escaped, row))} \\\\\n" for row in texts(sheet, digits))
    return f"\\begin{{tabular}}{{{columns}}}\n\\hline\n{head} \\\\\n\\hline\n{body}\\hline\n\\end{{tabular}}\n"


def escaped(text: str) -> str:
    """A text as LaTeX shows it."""
    return "".join(_TEX.get(character, character) for character in visible(text))


def _numeric(sheet: Sheet) -> list[bool]:
    """Which columns hold numbers."""
    return [any(not isinstance(row[k], str) for row in sheet.rows) for k in range(len(sheet.header))]
