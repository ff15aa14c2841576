"""Texts that are read whole: expressions, files of bindings, checkpoints. They have one limit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from exprgrad.errors import LimitError
from exprgrad.text.escapes import visible

LIMIT = 64 << 20
"""Bytes of a text that is read whole. What never ends, such as /dev/zero, is refused before it fills the memory."""
_BLOCK = 1 << 20


def read_whole(stream: IO[bytes], name: str, hint: str = "") -> bytes:
    """All bytes of a stream, which messages call `name`. Raises LimitError for more than `LIMIT`."""
    return b"".join(_blocks(stream, name, hint))


def _blocks(stream: IO[bytes], name: str, hint: str) -> Iterator[bytes]:
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        check_size(size, visible(name), hint)
        yield block


def check_size(size: int, name: str, hint: str = "") -> None:
    """Raises LimitError for a text of more bytes than `LIMIT`."""
    if size > LIMIT:
        raise LimitError(f"{name} is longer than {LIMIT >> 20} MB, the limit of a text that is read whole", hint=hint)
