"""Where the expression comes from: the argument, a file, or standard input."""

from __future__ import annotations

import os
import stat
import sys
from typing import IO

from exprgrad.errors import ExpressionError, UsageError

STANDARD_INPUT = "standard input"
"""The name of a program that is piped in."""


def read(argument: str | None, file: str | None) -> tuple[str, str] | None:
    """The program's text and its name for messages; None if nothing was given and nothing is piped in."""
    if argument is not None:
        try:
            argument.encode("utf-8")
        except UnicodeEncodeError:
            raise ExpressionError("the expression is not UTF-8") from None
        return argument, ""
    if file is not None and file != "-":
        return _decode(_read_file(file), file), file
    if file == "-" or is_piped():
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        text = _decode(_whole(sys.stdin.buffer, STANDARD_INPUT), STANDARD_INPUT)
        return (text, STANDARD_INPUT) if file == "-" or text.strip() else None
    return None


def _read_file(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            return _whole(stream, file)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None


def _whole(stream: IO[bytes], name: str) -> bytes:
    from exprgrad.data.stores.bounded import read_whole

    return read_whole(stream, name)


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ExpressionError(
            f"{name} is not UTF-8: byte {error.start + 1}, in line {line}, is 0x{data[error.start]:02x}"
        ) from None


def is_piped() -> bool:
    """Whether standard input is a pipe, a file or a socket; not a terminal, not /dev/null."""
    if sys.stdin is None or sys.stdin.isatty():
        return False
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError):
        return True  # no file descriptor: a test runner gives a text
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def waits() -> bool:
    """Whether something is there to be read from standard input now: a part of a file, or bytes in a pipe. What runs
    a command may leave an empty pipe there."""
    if not is_piped():
        return False
    import fcntl
    import termios

    try:
        number = sys.stdin.fileno()
        status = os.fstat(number)
        if stat.S_ISREG(status.st_mode):
            return os.lseek(number, 0, os.SEEK_CUR) < status.st_size
        return any(fcntl.ioctl(number, termios.FIONREAD, bytes(4)))
    except (OSError, ValueError):
        return True
