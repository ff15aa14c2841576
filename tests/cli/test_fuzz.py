"""No input whatever ends in a traceback: random bytes and token soup, thrown at the command."""

from __future__ import annotations

import contextlib
import io
import sys
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprgrad.cli.process import execute

_TOKENS = (
    "a b x1 3 .5 1e9 1e-300 pi inf nan + - * / % ^ ** ( ) , ; = == < <= != ! ? : and or not param input in [ ] \n # "
    "sin gelu where max log diff pow huber u= f(x)= relu( diff( -- 1/0 σ \0 é"
).split(" ")
_OPTIONS = (
    "--a --b=2 --x1 -3 --all --value --gradient a --strict --json --format csv table plain jsonl "
    "-s a=1 -s x -q -h --help -f - --bind /dev/null --epochs 2 --lr 0.1 nan --params a,b x1 --every 2 "
    "--accumulate-gradients -- --format= --x1= --= -"
).split(" ")


class _Stream(io.TextIOWrapper):
    """A stream over bytes, as the process has them."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", errors="surrogateescape")

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode("utf-8", "replace")


def run(args: list[str], stdin: bytes) -> tuple[int, str, str]:
    out, err = _Stream(), _Stream()
    with mock.patch.multiple(sys, stdin=_Stream(stdin), stdout=out, stderr=err), contextlib.suppress(SystemExit):
        code = execute(args)
    return code, out.text(), err.text()


def check(args: list[str], stdin: bytes) -> None:
    code, out, err = run(args, stdin)
    assert code in (0, 1, 2, 3, 4), (args, stdin, err)
    assert "Traceback" not in err
    assert code == 0 or err.startswith("exprgrad: "), err
    assert code in (0, 1) or not out, "a failed command prints no result"


soup = st.lists(st.sampled_from(_TOKENS), max_size=12).map(" ".join)
command = st.sampled_from(["eval", "train", "explain"])


@given(command, st.binary(max_size=60))
@settings(max_examples=120)
def test_random_bytes(command: str, data: bytes) -> None:
    check([command, "-f", "-"], data)


@given(command, st.text(max_size=30))
@settings(max_examples=120)
def test_random_text(command: str, text: str) -> None:
    check([command, "--", text], b"")


@given(command, soup, st.lists(st.sampled_from(_OPTIONS), max_size=5))
@settings(max_examples=400)
def test_token_soup(command: str, text: str, options: list[str]) -> None:
    check([command, text, *options], b"a*b")


@given(st.lists(st.one_of(st.sampled_from(_OPTIONS), st.text(max_size=5)), max_size=6))
@settings(max_examples=120)
def test_random_lines(options: list[str]) -> None:
    check(["eval", *options], b"a*b")


@pytest.mark.parametrize("data", [b"a" * 10_000_000, b"\xff" * 10_000_000, b"a " * 5_000_000])
def test_ten_megabytes_of_garbage(data: bytes) -> None:
    code, out, err = run(["eval", "-f", "-", "--value"], data)
    assert (code, out) == (2, "")
    assert len(err) < 1000
