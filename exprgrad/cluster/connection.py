"""A connection to a scheduler and its workers: started or found, encrypted, watched, and closed."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import dask
from distributed import Client, KilledWorker, LocalCluster, Security

from exprgrad.cluster import tasks
from exprgrad.errors import ClusterError, UsageError, visible

_CONNECT = 6
"""Seconds to reach a scheduler in."""
_PATIENCE = 30
"""Seconds to go on without a worker that works."""
_TICK = 1.0
"""Seconds between looks at the workers."""
_LOCAL = frozenset(["127.0.0.1", "localhost", "::1"])

dask.config.set(
    {
        "distributed.comm.timeouts.connect": f"{_CONNECT}s",
        "distributed.scheduler.work-stealing": False,  # rows stay where they were loaded
        "distributed.admin.low-level-log-length": 0,
    }
)


class Settings(NamedTuple):
    """How to connect."""

    address: str
    """Of a scheduler; or "local", "local:4": workers of this machine, for as long as they are needed."""
    ca: str | None = None
    """File with the certificate that has signed those of scheduler and workers."""
    cert: str | None = None
    key: str | None = None
    insecure: bool = False
    """Whether a connection to another machine may be in plain."""
    dashboard: bool = False


class Connection:
    """Workers, and what they are told to do. Raises ClusterError where they are lost for good."""

    def __init__(self, client: Client, name: str, note: Callable[[str], None]) -> None:
        """`name` is what messages call the scheduler; `note` is told of workers that are lost."""
        self.versions: Mapping[str, str] = tasks.versions()
        self._client = client
        self._name = name
        self._note = note
        self._lost: list[str] = []
        self._full = ""
        """The worker that ran out of memory."""
        self._count = 0
        client.subscribe_topic("all", self._event)
        client.subscribe_topic("worker-restart-memory", self._out_of_memory)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Have a task done: the promise of its result."""
        return self._client.submit(function, *arguments, key=self._key(function), pure=False)

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any], **shared: Any) -> list[Any]:
        """Have a task done for each of the arguments."""
        keys = [self._key(function) for _ in arguments[0]]
        promises: list[Any] = self._client.map(function, *arguments, key=keys, pure=False, **shared)
        return promises

    def _key(self, function: Callable[..., Any]) -> str:
        self._count += 1
        return f"{function.__name__}-{self._client.id}-{self._count}"

    def processes(self) -> list[int]:
        """The ids of the workers' processes, each on its own machine."""
        return sorted(self._client.run(os.getpid).values())

    def results(self, promises: Sequence[Any]) -> list[Any]:
        """The results, in order. Raises the error of the first task that failed."""
        try:
            found: list[Any] = self._client.sync(self._results, promises)
        except KilledWorker as error:
            raise self._killed(error) from None
        except (asyncio.CancelledError, OSError) as error:
            raise ClusterError(f"the scheduler at {self._name} is gone") from error
        if self._lost:
            self._note(f"the work of {', '.join(self._lost)} was taken over")
            self._lost.clear()
        return found

    async def _results(self, promises: Sequence[Any]) -> list[Any]:
        gathering = asyncio.ensure_future(self._client.gather(list(promises), asynchronous=True))
        idle = 0.0
        while True:
            done, _ = await asyncio.wait({gathering}, timeout=_TICK)
            if done:
                found: list[Any] = gathering.result()
                return found
            idle = 0.0 if await self._works() else idle + _TICK
            if idle >= _PATIENCE:
                gathering.cancel()
                raise self._idle()

    async def _works(self) -> bool:
        """Whether a worker is there and takes work."""
        try:
            assert self._client.scheduler is not None
            known = await asyncio.wait_for(self._client.scheduler.identity(n_workers=-1), _CONNECT)
        except (OSError, TimeoutError):
            return False
        return any(worker["status"] == "running" for worker in known["workers"].values())

    def _idle(self) -> ClusterError:
        if self._full:
            return self._killed(None)
        return ClusterError(f"the cluster at {self._name} has had no worker that takes work for {_PATIENCE} s")

    def _killed(self, error: KilledWorker | None) -> ClusterError:
        if self._full:
            return ClusterError(f"{self._full} ran out of memory", hint="give more workers, or more memory to each")
        assert error is not None
        died = f"{error.allowed_failures + 1} workers died over the same part of the data"
        return ClusterError(died, hint="did they run out of memory? their logs may say")

    def _event(self, event: tuple[float, Any]) -> None:
        """What the scheduler tells of workers, on a thread of its own."""
        _, fact = event
        if fact.get("action") == "remove-worker" and not fact.get("expected"):
            self._lost.append(fact["worker"])
            self._note(f"the worker {fact['worker']} was lost: what it held is loaded again")

    def _out_of_memory(self, event: tuple[float, Any]) -> None:
        _, fact = event
        self._full = f"the worker {fact['worker']}"
        self._note(f"{self._full} ran out of memory, with {fact['rss'] / 1e9:.2g} GB in use")


@contextmanager
def connected(settings: Settings, note: Callable[[str], None]) -> Iterator[Connection]:
    """A connection for as long as the context lasts. Raises ClusterError for a cluster that cannot be reached or
    does not fit, UsageError for settings that make no sense."""
    _silence()
    local = settings.address.partition(":")[0] == "local"
    with _local(settings) if local else _remote(settings) as client:
        name = settings.address if local else visible(settings.address)
        connection = Connection(client, name, note)
        _check_workers(client, connection)
        if settings.dashboard:
            note(f"the dashboard is at {client.dashboard_link}")
        yield connection


@contextmanager
def _local(settings: Settings) -> Iterator[Client]:
    """Workers of this machine, one thread each, which no other machine can reach."""
    _, colon, number = settings.address.partition(":")
    if colon and not (number.isascii() and number.isdigit() and 0 < int(number) <= 1024):
        raise UsageError(f"--cluster local:N takes a number of workers, not {number!r}")
    if settings.ca or settings.cert or settings.key:
        raise UsageError(
            "local workers have certificates of their own: leave out --cluster-ca, --cluster-cert and --cluster-key"
        )
    workers = int(number) if colon else len(os.sched_getaffinity(0))
    security = Security.temporary()
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls://",
            security=security,
            dashboard_address="127.0.0.1:0" if settings.dashboard else None,
            silence_logs=logging.CRITICAL + 1,
        ) as cluster,
        Client(cluster, security=security, timeout=_CONNECT) as client,
    ):
        yield client


@contextmanager
def _remote(settings: Settings) -> Iterator[Client]:
    """A scheduler that runs already."""
    security = _security(settings)
    try:
        client = Client(settings.address, security=security, timeout=_CONNECT, set_as_default=False)
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
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme not in ("tls", "tcp") or not host or not port:
        hint = "give tls://HOST:PORT of a scheduler, local, or local:N"
        raise UsageError(f"{address} is not the address of a cluster", hint=hint)
    if parts.scheme == "tcp":
        if host not in _LOCAL and not settings.insecure:
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


def _check_workers(client: Client, connection: Connection) -> None:
    """Raises ClusterError if there are none, or if theirs are other versions."""
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except (TimeoutError, OSError):
        raise ClusterError(
            f"the cluster at {connection._name} has no workers", hint="dask worker ADDRESS starts one"
        ) from None
    for worker, found in client.run(tasks.versions, on_error="return").items():
        if isinstance(found, BaseException):
            raise ClusterError(f"exprgrad does not run on the worker {worker}: {visible(str(found))}")
        tasks.check_versions(connection.versions, found, worker)


def _silence() -> None:
    """What goes wrong is said in our words."""
    for name in ("distributed", "tornado", "asyncio", "bokeh"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("distributed.") and isinstance(logger, logging.Logger):
            logger.setLevel(logging.CRITICAL + 1)
