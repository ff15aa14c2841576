"""Connections over TLS that do not suffer from the end of another one.

Where a peer ends a connection without a word, OpenSSL from 3.2 on fails to answer, and leaves that error in its queue,
of which each thread has one. Python does not empty it there: the next call for any other connection of the thread that
has to wait finds the error, and raises it as its own.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any


class Socket(ssl.SSLSocket):
    """A socket that asks once more where an error may be that of another. Its own comes again."""

    def read(self, *arguments: Any) -> Any:
        return _own(super().read, *arguments)

    def send(self, data: Any, flags: int = 0) -> int:
        return int(_own(super().send, data, flags))

    def do_handshake(self, block: bool = False) -> None:
        _own(super().do_handshake, block)


def _own(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except (ConnectionError, ssl.SSLError) as error:
        broken = ConnectionError | ssl.SSLEOFError | ssl.SSLSyscallError
        if not (isinstance(error, broken) or getattr(error, "library", None) == "SYS"):
            raise
    _forget()
    return call(*arguments)


def _forget() -> None:
    """Empty the queue of this thread, as Python does before it makes a connection: of one that leads nowhere."""
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="nowhere")


def mend() -> None:
    """Have all connections of this process be so, whoever makes them."""
    ssl.SSLContext.sslsocket_class = Socket


def dask_setup(service: object) -> None:
    """What Dask calls as it starts with `--preload exprgrad.data.stores.tls`."""
    mend()
