"""Workers of this machine, for as long as one command needs them."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

import dask
from distributed import Client, LocalCluster, Security
from distributed.system import MEMORY_LIMIT
from distributed.utils import LoopRunner

from exprgrad.cluster.settings import CONNECT, Settings
from exprgrad.errors import MissingError, UsageError

_QUIET: dict[str, Any] = {
    "distributed.scheduler.work-stealing": False,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.admin.tick.interval": "500ms",
}
"""Rows stay where they were loaded, in memory, and nobody looks on."""
_NO_PAGES: dict[str, Any] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
"""Nothing is told over HTTP, which is in plain."""


@contextmanager
def started(settings: Settings) -> Iterator[tuple[Client, int]]:
    """A client, and how many workers will come: of one thread each, which no other machine can reach."""
    _, colon, number = settings.address.partition(":")
    if colon and not (number.isascii() and number.isdigit() and 0 < int(number) <= 1024):
        raise UsageError(f"--cluster local:N takes a number of workers, not {number!r}")
    if settings.ca or settings.cert or settings.key:
        raise UsageError(
            "local workers have certificates of their own: leave out --cluster-ca, --cluster-cert and --cluster-key"
        )
    workers = int(number) if colon else len(os.sched_getaffinity(0))
    try:
        security = Security.temporary()
    except ImportError:
        raise MissingError("--cluster", "cryptography", "cluster") from None
    with (
        dask.config.set(_QUIET if settings.dashboard else {**_QUIET, **_NO_PAGES}),
        _loop_without_interrupts() as loop,
        LocalCluster(
            n_workers=0,  # they come when the command can end them again
            threads_per_worker=1,
            memory_limit=MEMORY_LIMIT // workers,
            host="127.0.0.1",
            protocol="tls://",
            security=security,
            loop=loop,
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": settings.dashboard},
            silence_logs=logging.CRITICAL + 1,
        ) as cluster,
        Client(cluster, security=security, timeout=CONNECT, direct_to_workers=True) as client,
    ):
        cluster.scale(workers)
        yield client, workers


@contextmanager
def _loop_without_interrupts() -> Iterator[Any]:
    """An event loop on a thread that Ctrl-C does not reach, nor the processes that it starts: these end with
    the command, and have nothing to say on it."""
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
