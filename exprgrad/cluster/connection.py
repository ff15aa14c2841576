"""A connection to a scheduler and its workers: started or found, encrypted, watched, and closed."""

from __future__ import annotations

import asyncio
import logging
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from distributed import CancelledError, Client, KilledWorker
from distributed.client import ClosedClientError

from exprgrad.cluster import tasks
from exprgrad.cluster.local import started
from exprgrad.cluster.placing import replaced
from exprgrad.cluster.remote import reached
from exprgrad.cluster.settings import CONNECT, PATIENCE, Settings
from exprgrad.errors import ClusterError, visible

_OVERFLOWS = 3
"""How often workers may run out of memory: the rows that they hold are not fewer the next time."""
_TICK = 1.0
"""Seconds between looks at the workers."""
_SILENT = logging.CRITICAL + 1


class Connection:
    """Workers, and what they are told to do. Raises ClusterError where they are lost for good."""

    def __init__(self, client: Client, name: str, note: Callable[[str], None]) -> None:
        """`name` is what messages call the scheduler; `note` is told of workers that are lost."""
        self.versions: Mapping[str, str] = tasks.versions()
        self.client = client
        self._name = name
        self._note = note
        self._lost: list[str] = []
        self._full = ""
        """The worker that ran out of memory last."""
        self._paused = ""
        """The worker that does not begin its tasks, as its memory is nearly full."""
        self._overflows = 0
        self._count = 0
        self._slots: list[str] = []
        self._changed = True
        """Whether workers came or went."""
        client.subscribe_topic("all", self._event)
        client.subscribe_topic("worker-restart-memory", self._out_of_memory)

    def submit(self, function: Callable[..., Any], *arguments: Any, worker: str | None = None) -> Any:
        """Have a task done, by this worker if it is there: the promise of its result."""
        self._count += 1
        key = f"{function.__name__}-{self.client.id}-{self._count}"
        # Where all that a task prefers are lost at once, it does not go to those that come after them.
        prefers = worker if len(set(self._slots)) > 1 else None
        where = {"workers": [prefers], "allow_other_workers": True} if prefers else {}
        try:
            return self.client.submit(function, *arguments, key=key, pure=False, **where)
        except ClosedClientError:
            raise self._gone() from None

    def cancel(self, promises: Sequence[Any]) -> None:
        """Leave undone what is not done yet."""
        with suppress(Exception):  # there is an error to be told already
            self.client.cancel(promises, force=True)

    def slots(self) -> list[str]:
        """The workers, each as often as it has threads; who was lost is replaced at the same place of the list."""
        if self._changed:
            self._changed = False
            try:
                self._slots = replaced(self._slots, self.client.nthreads())
            except (ClosedClientError, OSError, AttributeError):
                raise self._gone() from None
        return self._slots or [""]

    def processes(self) -> list[int]:
        """The ids of the workers' processes, each on its own machine."""
        return sorted(self.client.run(os.getpid).values())

    def results(self, promises: Sequence[Any]) -> list[Any]:
        """The results, in order. Raises the error of a task that failed."""
        try:
            found: list[Any] = self.client.sync(self._results, promises)
        except KilledWorker as error:
            raise self._killed(error) from None
        except MemoryError:
            raise _starved(self._full or "a worker") from None
        except (CancelledError, asyncio.CancelledError, OSError):
            raise self._gone() from None
        if self._lost:
            self._note(f"the work of {', '.join(self._lost)} was taken over")
            self._lost.clear()
        return found

    async def _results(self, promises: Sequence[Any]) -> list[Any]:
        gathering = asyncio.ensure_future(self.client.gather(list(promises), asynchronous=True))
        last = time.monotonic()
        while True:
            done, _ = await asyncio.wait({gathering}, timeout=_TICK)
            if done:
                found: list[Any] = gathering.result()
                return found
            if self._overflows >= _OVERFLOWS:
                gathering.cancel()
                raise _starved(self._full)
            if self.client.status != "running":  # what it knew is lost, even if it comes again
                gathering.cancel()
                raise self._gone()
            if await self._works():
                last = time.monotonic()
            if time.monotonic() - last >= PATIENCE:
                gathering.cancel()
                raise self._idle()

    async def _works(self) -> bool:
        """Whether a worker has something to do."""
        try:
            return await asyncio.wait_for(self._busy(), CONNECT)
        except (OSError, TimeoutError):
            return False

    async def _busy(self) -> bool:
        scheduler: Any = self.client.scheduler
        tasks_of = await scheduler.processing(workers=None)
        busy = {worker for worker, keys in tasks_of.items() if keys}
        self._paused = ""
        if not busy:
            await self._let_go(scheduler)
            return False
        if not busy.isdisjoint(await scheduler.ncores_running(workers=None)):
            return True
        # Their memory is nearly full: they end what they have begun, and begin nothing.
        self._paused = f"the worker {min(busy)}"
        facts = (await scheduler.identity())["workers"]
        return any(facts[worker]["metrics"]["task_counts"].get("executing") for worker in busy & facts.keys())

    async def _let_go(self, scheduler: Any) -> None:
        """Give tasks that wait for workers which are lost to any: dask does so only if one is there at that moment."""
        states = await scheduler.get_task_status(keys=list(self.client.futures))
        if waiting := [key for key, state in states.items() if state == "no-worker"]:
            await scheduler.set_restrictions(worker=dict.fromkeys(waiting))
            await scheduler.retry(keys=waiting)

    def _gone(self) -> ClusterError:
        return ClusterError(f"the scheduler at {self._name} is gone")

    def _idle(self) -> ClusterError:
        if full := self._paused or self._full:
            return _starved(full)
        return ClusterError(f"the cluster at {self._name} has done nothing for {PATIENCE} s: are its workers gone?")

    def _killed(self, error: KilledWorker) -> ClusterError:
        if self._full:
            return _starved(self._full)
        died = f"{error.allowed_failures + 1} workers died over the same part of the data"
        return ClusterError(died, hint="did they run out of memory? their logs may say")

    def _event(self, event: tuple[float, Any]) -> None:
        """What the scheduler tells of workers, on a thread of its own."""
        _, fact = event
        self._changed = self._changed or fact.get("action") in ("add-worker", "remove-worker")
        if fact.get("action") == "remove-worker" and not fact.get("expected"):
            self._lost.append(fact["worker"])
            self._note(f"the worker {fact['worker']} was lost: what it held is loaded again")

    def _out_of_memory(self, event: tuple[float, Any]) -> None:
        _, fact = event
        self._overflows += 1
        self._full = f"the worker {fact['worker']}"
        self._note(f"{self._full} ran out of memory, with {fact['rss'] / 1e9:.2g} GB in use")


@contextmanager
def connected(settings: Settings, note: Callable[[str], None]) -> Iterator[Connection]:
    """A connection for as long as the context lasts. Raises ClusterError for a cluster that cannot be reached or
    does not fit, UsageError for settings that make no sense."""
    _silence()
    local = settings.address.partition(":")[0] == "local"
    with (started if local else reached)(settings) as client:
        connection = Connection(client, visible(settings.address), note)
        _check_workers(connection)
        if settings.dashboard:
            note(_dashboard(client))
        yield connection


def _dashboard(client: Client) -> str:
    try:
        return f"the dashboard is at {client.dashboard_link}"
    except KeyError:
        return "the cluster has no dashboard"


def _starved(worker: str) -> ClusterError:
    return ClusterError(f"{worker} ran out of memory", hint="give more workers, or more memory to each")


def _check_workers(connection: Connection) -> None:
    """Raises ClusterError if there are none, or if theirs are other versions."""
    client, name = connection.client, connection._name
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except OSError:
        raise ClusterError(f"the cluster at {name} has no workers", hint="dask worker ADDRESS starts one") from None
    try:
        answers = client.run(tasks.versions, on_error="return", callback_timeout=PATIENCE)
    except OSError:
        raise ClusterError(f"the workers of the cluster at {name} do not answer") from None
    for worker, found in answers.items():
        if isinstance(found, OSError):  # it was lost; those that come later are checked with their first task
            continue
        if isinstance(found, BaseException):
            raise ClusterError(f"exprgrad does not run on the worker {worker}: {visible(str(found))}")
        tasks.check_versions(connection.versions, found, worker)


def _silence() -> None:
    """What goes wrong is said in our words."""
    warnings.filterwarnings("ignore", module="distributed")
    for name in ("distributed", "tornado", "asyncio", "bokeh"):
        logging.getLogger(name).setLevel(_SILENT)
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("distributed.") and isinstance(logger, logging.Logger):
            logger.setLevel(_SILENT)
