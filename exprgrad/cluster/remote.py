"""A scheduler that runs already, on this machine or another."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from distributed import Client, Security

from exprgrad.cluster.settings import CONNECT, Settings
from exprgrad.errors import ClusterError, UsageError
from exprgrad.text.escapes import visible

_OWN = frozenset(["127.0.0.1", "localhost", "::1"])
"""Names of this machine: a plain connection to it does not go over the network."""


@contextmanager
def reached(settings: Settings) -> Iterator[Client]:
    """A client of a scheduler that runs already."""
    security = _security(settings)
    try:
        client = Client(settings.address, security=security, timeout=CONNECT)
    except (OSError, ValueError):
        raise _unreachable(settings, security) from None
    try:
        yield client
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=2)


def _security(settings: Settings) -> Security | None:
    address = visible(settings.address)
    try:
        parts = urlsplit(settings.address)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in ("tls", "tcp") or not host or not port:
        hint = "give tls://HOST:PORT of a scheduler, local, or local:N"
        raise UsageError(f"{address} is not the address of a cluster", hint=hint)
    if scheme == "tcp":
        if host not in _OWN and not settings.insecure:
            what = f"{address} is a connection in plain: others on the network may read the data and run code"
            raise UsageError(what, hint="use tls://, or say --insecure")
        return None
    files = {"--cluster-ca": settings.ca, "--cluster-cert": settings.cert, "--cluster-key": settings.key}
    for option, file in files.items():
        if file is None:
            raise UsageError(f"{address} needs {option} FILE", hint="the certificates that the scheduler runs with")
        try:
            with open(file, "rb"):
                pass
        except OSError as error:
            raise UsageError(f"cannot read {visible(file)} of {option}: {error.strerror}") from None
    security = Security(
        tls_ca_file=settings.ca, tls_client_cert=settings.cert, tls_client_key=settings.key, require_encryption=True
    )
    try:
        _context(security)
    except (OSError, ValueError) as error:
        what = f"{', '.join(files)} are no certificates and key that go together: {_told(error)}"
        raise UsageError(what, hint="docs/cluster.md makes some") from None
    return security


def _context(security: Security) -> ssl.SSLContext:
    context: ssl.SSLContext = security.get_connection_args("client")["ssl_context"]
    return context


def _unreachable(settings: Settings, security: Security | None) -> ClusterError:
    """Why a scheduler was not reached."""
    address = visible(settings.address)
    parts = urlsplit(settings.address)
    there = (parts.hostname or "", parts.port or 0)
    try:
        with socket.create_connection(there, CONNECT) as plain:
            if security is not None:
                _shake_hands(plain, _context(security))
    except ssl.SSLCertVerificationError as error:
        hint = "is --cluster-ca the one that its scheduler was started with?"
        return ClusterError(f"the certificate of {address} is refused: {error.verify_message}", hint=hint)
    except ssl.SSLError as error:
        if "ALERT" in (error.reason or ""):  # how one side tells the other what it does not take
            hint = "is it signed by the authority that its scheduler was started with?"
            return ClusterError(f"{address} refuses the certificate of --cluster-cert: {_told(error)}", hint=hint)
        return ClusterError(f"{address} is no connection over TLS: {_told(error)}", hint="is it one in plain, tcp://?")
    except OSError:
        pass
    return ClusterError(f"{address} cannot be reached", hint="does a scheduler run there? dask scheduler starts one")


def _shake_hands(plain: socket.socket, context: ssl.SSLContext) -> None:
    """Raises the error of Python that Dask hides while it tries again and again."""
    with context.wrap_socket(plain) as encrypted:
        encrypted.recv(1)  # a server looks at our certificate when we have done with its own


def _told(error: BaseException) -> str:
    """A reason that OpenSSL gives, such as TLSV1_ALERT_UNKNOWN_CA, in words."""
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
    return visible(re.sub(r"^(TLSV\d+|SSLV\d)_ALERT_", "", str(reason)).replace("_", " ").lower())
