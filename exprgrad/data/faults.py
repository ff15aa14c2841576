"""What is wrong with data, and where: one line with the file, the row and the column."""

from __future__ import annotations

from exprgrad.errors import DataError, LimitError
from exprgrad.text.escapes import visible

_SHOWN = 40
"""Characters of a text from the data that a message shows at the most."""


PIPED = " | exprgrad … --data -"
"""How a hint goes on after a command that writes the data as they should be."""
CONVERT = "convert it first: iconv -f latin1 -t utf-8"
"""The hint for a text that is not UTF-8."""


class MisfitError(Exception):
    """A value in the data that is not what it should be: `row` counts from 0 in the batch at hand."""

    def __init__(self, row: int, what: str, column: str | None = None, hint: str = ""):
        super().__init__(row, what, column, hint)  # what it is pickled by
        self.row = row
        self.what = what
        self.column = column
        self.hint = hint

    def at(self, file: str, first_row: int) -> DataError:
        """The error for the user; `first_row` rows of the file came before the batch."""
        place = f"{visible(file)}, row {first_row + self.row + 1}"
        if self.column is not None:
            place += f", column {quoted(self.column)}"
        return DataError(f"{place}: {self.what}", hint=self.hint)


def quoted(text: str) -> str:
    """A text from the data between quotes, printable and short."""
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f'"{visible(text)}"'


def null(row: int, column: str, what: str = "null") -> MisfitError:
    """The error for a null, or a nan, where a number is needed."""
    return MisfitError(row, what, column, "skip such rows with --nulls skip, or take them as nan with --nulls nan")


def not_a_number(row: int, column: str, text: str, hint: str = "") -> MisfitError:
    """The error for a text where a number is needed."""
    return MisfitError(row, f"{quoted(text)} is not a number", column, hint)


def not_a_time(row: int, column: str, text: str, kind: str) -> MisfitError:
    """The error for a text where a time of a kind is needed, such as "date"."""
    return MisfitError(row, f"{quoted(text)} is not {kind}", column)


class UnreadableError(DataError):
    """A file that cannot be opened, or cannot be read to its end. `reason` is what the system or the store says."""

    def __init__(self, file: str, reason: str, hint: str = ""):
        self.reason = visible(reason)
        super().__init__(f"cannot read {visible(file)}: {self.reason}", hint=hint)


def unreadable(file: str, error: OSError) -> UnreadableError:
    """The error for what the operating system refuses to open or to read."""
    return UnreadableError(file, error.strerror or str(error))


def out_of_memory(file: str, rows: int = 0) -> LimitError:
    """The error for a file whose rows take more memory than there is, or that claims so and is damaged."""
    after = f" after row {rows}" if rows else ""
    return LimitError(f"{visible(file)}{after} takes more memory than there is, or is damaged")
