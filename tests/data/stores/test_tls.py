"""A connection over TLS does not suffer from the end of another one."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest

from exprgrad.data.stores.tls import Socket
from tests.data.servers import certificate


def pair(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[ssl.SSLSocket, ssl.SSLSocket]:
    """Both ends of a connection."""
    ours, theirs = socket.socketpair()
    found: list[ssl.SSLSocket] = []
    thread = threading.Thread(target=lambda: found.append(server.wrap_socket(theirs, server_side=True)))
    thread.start()
    end = client.wrap_socket(ours, suppress_ragged_eofs=True)
    thread.join(10)
    end.setblocking(False)
    return end, found[0]


def test_an_end_without_a_word_is_not_taken_for_that_of_another(tmp_path: Path) -> None:
    """With OpenSSL from 3.2 on, Python's own socket says "broken pipe" on the second."""
    file = certificate(tmp_path)
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(file))
    server.load_cert_chain(file)
    client.check_hostname, client.sslsocket_class = False, Socket
    (first, ends), (second, stays) = pair(server, client), pair(server, client)
    ends.shutdown(socket.SHUT_RDWR)
    ends.close()
    assert first.recv(1) == b""
    with pytest.raises(ssl.SSLWantReadError):
        second.recv(1)
    stays.sendall(b"!")
    assert second.recv(1) == b"!"
    with pytest.raises(ssl.SSLWantReadError):
        second.recv(1)
    for end in (first, second, stays):
        end.close()
