"""Every error a user can meet: what is wrong, where, what to do, and the exit code that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from exprgrad.text.escapes import visible
from exprgrad.text.source import SourceText, Span, excerpt, narrowed


class ExitCode(IntEnum):
    """What the shell is told, and what it means: the documentation and the manual pages are written from this."""

    text: str

    DONE = 0, "done"
    NUMBERS = (
        1,
        "the numbers say no: nan or infinite with `--strict`, a check that does not pass, training that lost its"
        " numbers, a fit that did not converge or leaves parameters undetermined",
    )
    USAGE = 2, "the command line or the expression (or its file) is wrong"
    DATA = 3, "data cannot be read: a file of bindings or of columns, a checkpoint"
    LIMIT = (
        4,
        "a stated limit was passed: 5 million nodes, derivatives of order 100 (or 500,000 + 10 times the expression's"
        " nodes), 200 million recorded numbers in training, 64 MB of an expression, bindings or a checkpoint",
    )
    OUTPUT = 5, "the output could not be written"
    CLUSTER = 6, "a cluster cannot be reached, does not fit, or was lost"
    BUG = 70, "a bug in exprgrad"
    INTERRUPTED = 130, "ended by Ctrl-C"
    UNREAD = 141, "ended by a closed pipe"
    TERMINATED = 143, "ended by SIGTERM"

    def __new__(cls, number: int, text: str) -> ExitCode:
        code = int.__new__(cls, number)
        code._value_, code.text = number, text
        return code


class ExprgradError(Exception):
    """Base of all errors that are the user's to mend; `exit_code` is what the command returns."""

    exit_code = ExitCode.USAGE
    left_python = False
    """Whether it left a function of the Python API: then it names keywords in the place of options."""

    def __init__(self, message: str, *, source: SourceText | None = None, span: Span | None = None, hint: str = ""):
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span
        self.hint = hint

    def __str__(self) -> str:
        message, hint = self.message, self.hint
        if self.left_python and not _Wording.options:
            message, hint = in_python(message), in_python(hint)
        return report(message, self.source, self.span, hint)

    def __reduce__(self) -> tuple[object, ...]:
        """As an error that travels from one process to another: the fields, whatever a class is made from."""
        return type(self).__new__, (type(self), self.message), self.__dict__


class _Wording:
    """Whether a user of the command line reads the errors, also those that leave the Python API."""

    options = False


@contextmanager
def options_named() -> Iterator[None]:
    """Within it, errors name options."""
    before, _Wording.options = _Wording.options, True
    try:
        yield
    finally:
        _Wording.options = before


def in_python(text: str) -> str:
    """A message or a note with keywords in the place of options: `nulls="skip"` for `--nulls skip`."""
    if "--" not in text:
        return text
    from exprgrad.text.keywords import as_keywords

    return as_keywords(text)


class UsageError(ExprgradError):
    """An option, a binding or a request that cannot be met as it was written."""


class KeywordError(UsageError, TypeError):
    """A keyword of a function of Python that it does not have."""


class MissingError(UsageError):
    """A package that is not installed, and the extra that brings it."""

    def __init__(self, what: str, package: str, extra: str):
        super().__init__(f"{what} needs {package}", hint=f'install it: pip install "exprgrad[{extra}]"')


def check_installed(what: str, extra: str, *packages: str) -> None:
    """Raises MissingError if a package is not installed that `what` needs."""
    from importlib.util import find_spec

    for package in packages:
        if find_spec(package.replace("-", "_")) is None:
            raise MissingError(what, package, extra)


class UnboundError(UsageError):
    """Variables without a value, where numbers are asked for."""

    def __init__(self, names: list[str], what: str = "no value", hint: str = ""):
        super().__init__(f"{what} for {', '.join(names)}", hint=hint)
        self.names = names


class ExpressionError(ExprgradError):
    """The expression breaks the language's syntax or meaning."""


class DataError(ExprgradError):
    """Input data that cannot be read as what they should be."""

    exit_code = ExitCode.DATA


class NumbersError(ExprgradError):
    """Numbers that are lost, so that there is no result."""

    exit_code = ExitCode.NUMBERS


class LimitError(ExprgradError):
    """A stated limit was passed."""

    exit_code = ExitCode.LIMIT


class OutputError(ExprgradError):
    """Results could not be written."""

    exit_code = ExitCode.OUTPUT


class ClusterError(ExprgradError):
    """A cluster that cannot be reached, does not fit, or was lost."""

    exit_code = ExitCode.CLUSTER


def interrupts(error: BaseException) -> bool:
    """Whether it ends what could have gone on: a signal, or the loss of a cluster."""
    return isinstance(error, ClusterError) or not isinstance(error, Exception)


def report(message: str, source: SourceText | None = None, span: Span | None = None, hint: str = "") -> str:
    """One line that says what, where and what to do; below it the source line with a caret. What came from outside
    may stand in each of them: it is shown escaped, and not at any length."""
    message, below = _parted(message)
    line, hint = _clipped(message), _clipped(hint)
    if source is not None and span is not None:
        row, column = source.position(span.start)
        if source.name:
            line = f"{line} ({_clipped(source.name)}, line {row}, column {column})"
        elif "\n" in source.text.strip():
            line = f"{line} (line {row}, column {column})"
        below = excerpt(source, span)
    return (f"{line}; {hint}" if hint else line) + (f"\n{below}" if below else "")


def shown(text: str, width: int | None = None) -> str:
    """A note, or a report, as it may be shown: escaped and clipped, the excerpt to the width of the terminal."""
    line, below = _parted(text)
    if width is not None and below:
        below = narrowed(below, width)
    return _clipped(line, _TEXT) + (f"\n{below}" if below else "")


def _parted(text: str) -> tuple[str, str]:
    """What a note says, and the excerpt below it, if it has one: other lines are no lines of ours."""
    line, _, below = text.partition("\n")
    return (line, "\n".join(map(visible, below.split("\n")))) if _IS_EXCERPT(below) else (text, "")


_SENTENCE = 300
"""Characters of a message: names in it can be as long as the input."""
_TEXT = 1000
"""Characters of a note, or of all that is reported in one line."""
_IS_EXCERPT = re.compile("  [^\n]*\n +\\^+").fullmatch


def _clipped(text: str, limit: int = _SENTENCE) -> str:
    """The text as it is shown, with so many characters at the most: what is too long loses its middle."""
    text = visible(text)
    end = limit // 3
    return text if len(text) <= limit else f"{text[: limit - end]}…{text[-end:]}"
