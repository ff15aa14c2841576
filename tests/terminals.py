"""Programs on a real terminal: what they write to it, and what is typed there."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Callable, Sequence
from typing import Any

from tests.command import COMMAND

LINES = 24


def watch(
    command: Sequence[str],
    columns: int | None = None,
    react: Callable[[int, bytes], None] | None = None,
    **how: Any,
) -> tuple[int, bytes]:
    """The exit code of a command whose standard streams are a terminal, and what it writes there.

    Each time that it has written, `react` is given the terminal, to type into, and the screen so far. `how` goes to
    `subprocess.Popen`: another standard stream, for example.
    """
    master, slave = pty.openpty()
    if columns is not None:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
    process = subprocess.Popen(command, **{"stdin": slave, "stdout": slave, "stderr": slave, **how})
    os.close(slave)
    screen = b""
    while True:
        try:
            read = os.read(master, 65536)
        except OSError:  # the terminal closes with its last process
            break
        if not read:
            break
        screen += read
        if react is not None:
            react(master, screen)
    code = process.wait(timeout=120)
    os.close(master)
    return code, screen


def on_terminal(columns: int, *args: str, **environment: str) -> str:
    """What `exprgrad` writes to a terminal of that many columns."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    _, screen = watch([*COMMAND, *args], columns, env={**inherited, "TERM": "xterm", **environment})
    return screen.decode()
