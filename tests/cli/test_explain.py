"""`explain --step` on a real terminal: a step at a time, there and back."""

from __future__ import annotations

import os
import re
import termios
import time

from tests.command import COMMAND
from tests.terminals import on_terminal, watch

ARGS = ["explain", "u = a*b; L = u + c", "--a", "3", "--b", "2", "--c", "5"]


def paged(keys: str, *args: str) -> tuple[int, str]:
    """Exit code and screen, where a key is pressed each time that the prompt stands there."""
    waiting = list(keys)

    def press(terminal: int, screen: bytes) -> None:
        if waiting and screen.count(b"q quit]") > len(keys) - len(waiting):
            while termios.tcgetattr(terminal)[3] & termios.ICANON:  # what is typed before it waits is thrown away
                time.sleep(0.005)
            os.write(terminal, waiting.pop(0).encode())

    code, screen = watch([*COMMAND, *args], react=press)
    return code, screen.decode().replace("\r\n", "\n")


def steps(screen: str) -> list[int]:
    return [int(number) for number in re.findall(r"step (\d+) of 10", screen)]


def test_next_back_and_quit() -> None:
    code, screen = paged("\r\r b\rq", *ARGS, "--step")
    assert (code, steps(screen)) == (0, [1, 2, 3, 4, 3, 4])
    assert "step 3 of 10, forward\n  u = a*b = 3*2 = 6\n" in screen


def test_to_the_end() -> None:
    code, screen = paged("b" + "\r" * 10, *ARGS, "--step")
    assert (code, steps(screen)) == (0, [1, *range(1, 11)])
    assert "  dL/da += dL/du * du/da = 1 * 2 = 2\n  rule: du/da = b\n  so far: dL/da = 2\n" in screen
    assert screen.endswith("(the end) \n")


def test_ctrl_c_ends_it() -> None:
    code, screen = paged("\x03", *ARGS, "--step")
    assert code == -2
    assert "Traceback" not in screen


def test_narrow_terminals_stack_the_steps() -> None:
    wide, narrow = on_terminal(100, *ARGS), on_terminal(50, *ARGS)
    assert "│ dL/da += dL/du * du/da │ du/da = b │" in wide
    assert "│   du/da = b" in narrow
    assert max(map(len, re.sub("\x1b\\[[0-9]*m", "", narrow).splitlines())) <= 50
