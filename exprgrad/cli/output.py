"""Where results and messages go: results complete to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

import click

from exprgrad.columns.values import Value
from exprgrad.errors import OutputError, UsageError, shown
from exprgrad.render.sheet import cell_text, derivative
from exprgrad.text.escapes import encoded
from exprgrad.text.spelling import did_you_mean


class ReaderGone(BaseException):
    """Nobody reads the output any more, so the process ends as by a signal. (Of a BrokenPipeError Click would make an
    exit code.)"""


class Terminated(BaseException):
    """A signal came that ends the process. What is half written is removed first."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@contextmanager
def terminated_cleanly() -> Iterator[None]:
    """Within this context SIGTERM and SIGHUP raise Terminated, so that what has to be cleaned up is cleaned up."""
    import signal

    def terminate(number: int, frame: object) -> None:
        raise Terminated(signal.Signals(number).name)

    before = {number: signal.signal(number, terminate) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def check_parameter(
    name: str | None,
    parameters: Collection[str],
    what: str = "no parameter",
    why: Callable[[str], str] = lambda name: "",
) -> None:
    """Raise UsageError for a name, if one is given, that is none of the parameters. `why` says why that may be."""
    if name is not None and name not in parameters:
        listed = f"the parameters are {', '.join(parameters)}"
        raise UsageError(f"there is {what} {name}", hint=why(name) or did_you_mean(name, list(parameters), listed))


def check_derivative(name: str, known: Collection[str]) -> None:
    """Raise UsageError where there is no derivative with respect to a name."""
    if name not in known:
        hint = did_you_mean(name, list(known), f"there are derivatives with respect to {', '.join(known)}")
        raise UsageError(f"there is no derivative with respect to {name}", hint=hint)


def one_number(
    value: Value, derivatives: Mapping[str, Value], gradient_of: str | None, digits: int | None = None
) -> str:
    """The value, or the derivative with respect to a name, as a line of its own."""
    if gradient_of is not None:
        check_derivative(gradient_of, derivatives)
        value = derivative(derivatives[gradient_of])
    return cell_text(value, digits) + "\n"


def to_terminal() -> bool:
    """Whether a person reads the output."""
    return sys.stdout is not None and sys.stdout.isatty()


def at_a_terminal() -> bool:
    """Whether a person types, and reads the output."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def emit(text: str) -> None:
    """Write a complete result, or whole lines of one, to stdout. Raises OutputError, or ReaderGone."""
    if sys.stdout is None:
        raise OutputError("cannot write the output: stdout is closed")
    try:
        data = memoryview(encoded(text, sys.stdout.encoding or "utf-8"))
        while data:  # an unbuffered stream (PYTHONUNBUFFERED) may take a part at a time
            data = data[sys.stdout.buffer.write(data) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise OutputError(f"cannot write the output: {error.strerror}") from None


def deliver(content: str | bytes, path: str) -> None:
    """Write a complete result to a file, which appears when it is whole; a text to stdout for "-"."""
    if path == "-" and isinstance(content, str):
        emit(content)
        return
    from exprgrad.data.output.target import write_whole

    try:
        with terminated_cleanly():
            write_whole(path, content.encode() if isinstance(content, str) else content)
    except BrokenPipeError:
        raise ReaderGone from None


def complain(message: str) -> None:
    """Write an error to stderr."""
    to_stderr(_laid("exprgrad: ", shown(message, _width())))


def note(message: str) -> None:
    """Write a note to stderr, unless --quiet."""
    context = click.get_current_context(silent=True)
    if context is None or not context.params.get("quiet"):
        to_stderr(_laid("exprgrad: note: ", shown(message, _width())))


def _laid(prefix: str, text: str) -> str:
    """A message as it goes to stderr: broken between words for a terminal, unless that is dumb and does so itself."""
    import os

    width = _width()
    if width is None or sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return prefix + text
    from exprgrad.text.wrapped import wrapped

    line, newline, below = text.partition("\n")
    return wrapped(prefix, line, width) + newline + below


def _width() -> int | None:
    """The columns of the terminal that stderr goes to, or those that COLUMNS says; None for no limit."""
    import os

    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or None
    except (OSError, AttributeError, ValueError):
        return None


def to_stderr(text: str) -> None:
    """Write a line, or lines, to stderr."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.buffer.write(encoded(text + "\n", sys.stderr.encoding or "utf-8"))
        sys.stderr.buffer.flush()
    except OSError:
        return  # there is nowhere left to say it
