"""A scheduler that runs already, on this machine or another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from distributed import Client, Security

from exprgrad.cluster.settings import CONNECT, Settings
from exprgrad.errors import ClusterError, UsageError, visible

_OWN = frozenset(["127.0.0.1", "localhost", "::1"])
"""Names of this machine, to which a connection in plain is not on the network."""


@contextmanager
def reached(settings: Settings) -> Iterator[Client]:
    """A scheduler that runs already."""
    security = _security(settings)
    try:
        client = Client(settings.address, security=security, timeout=CONNECT)
    except (OSError, ValueError) as error:
        raise _unreachable(settings, error) from None
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
    return Security(
        tls_ca_file=settings.ca, tls_client_cert=settings.cert, tls_client_key=settings.key, require_encryption=True
    )


def _unreachable(settings: Settings, error: BaseException) -> ClusterError:
    """Why a scheduler was not reached."""
    causes = []
    cause: BaseException | None = error
    while cause is not None:
        causes.append(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__ or cause.__context__
    told = " ".join(causes)
    address = visible(settings.address)
    if "SSL" in told or "certificate" in told.lower():
        hint = "is --cluster-ca the one that its scheduler was started with?"
        return ClusterError(f"{address} and this command do not trust each other's certificates", hint=hint)
    return ClusterError(f"{address} cannot be reached", hint="does a scheduler run there? dask scheduler starts one")
