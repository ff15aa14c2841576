"""Workers on this machine, for as long as one command needs them."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from multiprocessing import resource_tracker
from tempfile import TemporaryDirectory
from typing import Any

import dask
from distributed import Client, LocalCluster, Security, Status
from distributed.comm.core import CommClosedError
from distributed.system import MEMORY_LIMIT
from distributed.utils import LoopRunner

from exprgrad.cluster.settings import CONNECT, PATIENCE, Settings
from exprgrad.errors import ClusterError, MissingError, UsageError
from exprgrad.text.escapes import visible

_QUIET: dict[str, Any] = {
    "distributed.scheduler.work-stealing": False,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.deploy.lost-worker-timeout": "1d",
    "distributed.scheduler.worker-ttl": "60s",
    "distributed.worker.preload": ["exprgrad.data.stores.tls"],
}
"""Rows stay in memory where they were loaded, nothing is profiled, and a lost worker is replaced, however often."""
_NO_PAGES: dict[str, Any] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
"""There are no pages over HTTP, which is not encrypted."""
_MOST = 16
"""Workers for each processor at the most: more of them take minutes to start."""
_GLANCE = 0.05
"""Seconds between looks at workers that start."""


@contextmanager
def started(settings: Settings) -> Iterator[Client]:
    """A client of workers of one thread each, which no other machine can reach."""
    _, colon, number = settings.address.partition(":")
    processors = len(os.sched_getaffinity(0))
    if colon and not (number.isascii() and number.isdigit() and 0 < int(number[:9]) <= _MOST * processors):
        what = f"--cluster local:N takes a number of workers, not {number!r}"
        raise UsageError(what, hint=f"with the {processors} processors of this machine, up to {_MOST * processors}")
    if settings.ca or settings.cert or settings.key:
        raise UsageError(
            "local workers have certificates of their own: leave out --cluster-ca, --cluster-cert and --cluster-key"
        )
    if settings.dashboard and not find_spec("bokeh"):
        raise UsageError("--cluster-dashboard needs bokeh", hint="install it: pip install bokeh")
    workers = int(number) if colon else processors
    try:
        security = Security.temporary()
    except ImportError:
        raise MissingError("--cluster", "cryptography", "cluster") from None
    pages = {} if settings.dashboard else _NO_PAGES
    stack = ExitStack()
    try:
        scratch = stack.enter_context(TemporaryDirectory(prefix="exprgrad-"))
        stack.enter_context(dask.config.set({**_QUIET, **pages, "temporary-directory": scratch}))
        cluster = stack.enter_context(
            LocalCluster(
                n_workers=0,  # they come when the command can end them again
                threads_per_worker=1,
                memory_limit=MEMORY_LIMIT // workers,
                host="127.0.0.1",
                protocol="tls://",
                security=security,
                loop=stack.enter_context(_loop_without_interrupts()),
                dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": settings.dashboard},
                silence_logs=logging.CRITICAL + 1,
            )
        )
        try:
            client = stack.enter_context(Client(cluster, security=security, timeout=CONNECT, direct_to_workers=True))
            _staff(cluster, client, workers)
        except (CommClosedError, TimeoutError) as error:
            raise ClusterError(f"no connection to the workers of this machine: {visible(str(error))}") from None
        yield client
    finally:
        with _uninterrupted(), suppress(OSError):  # of connections: what is left is ended with the command
            stack.close()


def _staff(cluster: LocalCluster, client: Client, workers: int) -> None:
    """Start so many workers. One that dies before it is there is started again here, as Dask replaces only those that
    it has seen."""
    until = time.monotonic() + PATIENCE
    while len(client.nthreads()) < workers and time.monotonic() < until:
        for name, nanny in list(cluster.workers.items()):
            if nanny.status in (Status.closed, Status.failed):
                cluster.worker_spec.pop(name, None)
        if len(cluster.worker_spec) < workers:
            cluster.scale(workers)
        time.sleep(_GLANCE)
    if not client.nthreads():
        raise ClusterError(f"no worker of this machine has started in {PATIENCE} s", hint="is there memory for them?")


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Within it, signals that end a command wait: a second Ctrl-C would leave processes and files behind."""
    came: list[int] = []
    ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda number, frame: came.append(number)) for number in ends}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


@contextmanager
def _loop_without_interrupts() -> Iterator[Any]:
    """An event loop on a thread that Ctrl-C does not reach. It does not reach the processes that the thread starts
    either: they end with the command, without messages of their own."""
    resource_tracker.ensure_running()  # on its start it would let the signal through again
    runner = LoopRunner()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        runner.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    try:
        yield runner.loop
    finally:
        runner.stop()
