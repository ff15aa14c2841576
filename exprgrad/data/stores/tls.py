"""Connections over TLS that do not fail because another connection has ended.

OpenSSL keeps a queue of errors for each thread. Where a peer ends a connection without a word, OpenSSL from 3.2 on
leaves an error there, and Python does not remove it. The next call for any other connection of the thread finds that
error if it has to wait, and raises it as its own.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any


class Socket(ssl.SSLSocket):
    """A socket that tries once more where an error may be another connection's; an error of its own comes again."""

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
    """Empty the queue of this thread: Python does that when it makes a connection, here one that leads nowhere."""
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="nowhere")


def mend() -> None:
    """Make all connections of this process such ones, whoever makes them."""
    ssl.SSLContext.sslsocket_class = Socket


def dask_setup(service: object) -> None:
    """Dask calls this when it starts with `--preload exprgrad.data.stores.tls`."""
    mend()
