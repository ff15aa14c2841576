"""What is said of a text that is not written as every CSV is: one line for the user."""

from __future__ import annotations

from exprgrad.data.read_options import ReadOptions
from exprgrad.data.text.dialect import Dialect
from exprgrad.data.text.look.delimiters import NAMES
from exprgrad.data.text.look.encoding import WINDOWS
from exprgrad.text.escapes import visible


def note(
    name: str, usual: str, options: ReadOptions, dialect: Dialect, comments: int, whole: bool, heading: tuple[str, ...]
) -> tuple[str, ...]:
    """What was worked out and not said by the options; nothing where all is as usual."""
    said: list[str] = []
    if options.delimiter is None and dialect.delimiter != usual:
        said.append(f"separated by {NAMES[dialect.delimiter]}")
    if options.decimal is None and dialect.decimal != ".":
        said.append("decimal comma")
    if options.encoding is None and dialect.encoding != "utf-8":
        shown = dialect.encoding.upper().removesuffix("-LE").removesuffix("-BE")
        said.append(f"{'Windows-1252' if dialect.encoding == WINDOWS else shown} text")
    if comments and options.comment is None:
        said.append(f"{comments} comment line{'s' * (comments != 1)}" if whole else "comment lines")
    if dialect.trailing:
        said.append("a delimiter at the end of each row")
    said.extend(heading)
    return (f"{visible(name)}: {', '.join(said)}",) if said else ()
