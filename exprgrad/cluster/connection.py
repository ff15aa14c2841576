"""What workers are told to do, and what happens when they are lost, do nothing, or run out of memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from distributed import CancelledError, Client, KilledWorker
from distributed.client import ClosedClientError
from distributed.comm.core import CommClosedError

from exprgrad.cluster.placing import replaced
from exprgrad.cluster.settings import CONNECT, PATIENCE
from exprgrad.cluster.versions import versions
from exprgrad.errors import ClusterError
from exprgrad.text.escapes import visible

_OVERFLOWS = 3
"""How often workers may run out of memory: they hold as many rows the next time."""
_TICK = 1.0
"""Seconds between looks at the workers."""
_PAUSE = 0.1
"""Seconds before a worker is asked again that did not answer."""


class LostError(Exception):
    """A worker was lost, and with it what it held."""


class Connection:
    """The workers of a scheduler. Raises ClusterError where they are lost for good."""

    def __init__(self, client: Client, name: str, note: Callable[[str], None]) -> None:
        """`name` is what messages call the scheduler; `note` is told of workers that are lost."""
        self.versions: Mapping[str, str] = versions()
        self.client = client
        self.name = name
        self._note = note
        self._lost: list[str] = []
        self._full = ""
        """The worker that ran out of memory last."""
        self._paused = ""
        """The worker that does not begin its tasks, as its memory is nearly full."""
        self._overflows = 0
        self._count = 0
        self._slots: list[str] = []
        self._bound: list[str] = []
        """The keys of tasks that prefer a worker; Dask may do such a task again by itself."""
        self._changed = True
        """Whether workers came or went."""
        client.subscribe_topic("all", self._event)
        client.subscribe_topic("worker-restart-memory", self._out_of_memory)

    def submit(
        self, function: Callable[..., Any], *arguments: Any, worker: str | None = None, stays: bool = False
    ) -> Any:
        """Have a task done, by this worker if it is there. Gives the promise of its result; where the result `stays` on
        the worker as an actor, the promise of what asks it."""
        self._count += 1
        key = f"{function.__name__}-{self.client.id}-{self._count}"
        # Where all that a task prefers are lost at once, it does not go to those that come after them.
        prefers = worker if len(set(self._slots)) > 1 else None
        where = {"workers": [prefers], "allow_other_workers": True} if prefers else {}
        self._bound += [key] if prefers else []
        try:
            return self.client.submit(function, *arguments, key=key, pure=False, actor=stays, **where)
        except ClosedClientError:
            raise self.gone() from None

    def cancel(self, promises: Sequence[Any]) -> None:
        """Cancel what is not done yet."""
        with suppress(Exception):  # there is an error to be told already
            self.client.cancel(promises, force=True)

    def slots(self) -> list[str]:
        """The workers, each as often as it has threads. A lost one is replaced by another at the same place."""
        if self._changed:
            self._changed = False
            try:
                self._slots = replaced(self._slots, self.client.nthreads())
            except (ClosedClientError, OSError, AttributeError):
                raise self.gone() from None
        return self._slots or [""]

    def results(self, promises: Sequence[Any]) -> list[Any]:
        """The results, in order. Raises the error of a task that failed."""
        return self._sync(self._gathered, promises)

    def settled(self, promises: Sequence[Any]) -> list[Any]:
        """The actors that were promised, to be asked. Raises LostError if one is lost by now."""
        try:
            with self.client.as_current():  # the one that asks
                return self.results(promises)
        except RuntimeError:
            if any(map(self.is_lost, promises)):
                raise LostError from None
            raise

    def asked(self, actors: Sequence[Any], method: str, arguments: Sequence[Any], stay: Sequence[Any]) -> list[Any]:
        """The answers of actors, in order. `stay` are the promises of all actors that may be asked on the way. Raises
        LostError if one of these is lost."""
        return self._sync(self._answered, actors, method, arguments, stay)

    def is_lost(self, promise: Any) -> bool:
        """Whether an actor that was promised is lost with its worker."""
        return bool(promise.status not in ("pending", "finished"))

    def killed(self, times: int) -> ClusterError:
        """The error for a part of the data over which so many workers died."""
        if self._full:
            return _starved(self._full)
        died = f"{times} workers died over the same part of the data"
        return ClusterError(died, hint="did they run out of memory? their logs may say")

    def _sync(self, work: Callable[..., Awaitable[list[Any]]], *arguments: Any) -> list[Any]:
        """The result of some work on the thread of the client. Errors of the cluster are told in plain words."""
        try:
            found: list[Any] = self.client.sync(work, *arguments)
        except KilledWorker as error:
            raise self.killed(error.allowed_failures + 1) from None
        except MemoryError:
            raise _starved(self._full or "a worker") from None
        except (CancelledError, asyncio.CancelledError, CommClosedError):
            raise self.gone() from None
        except OSError as error:
            if self.client.status != "running":
                raise self.gone() from None
            raise ClusterError(f"the cluster at {self.name} failed: {visible(str(error))}") from None
        lost, self._lost = self._lost, []
        if lost:
            self._note(f"the work of {', '.join(lost)} was taken over")
        return found

    async def _gathered(self, promises: Sequence[Any]) -> list[Any]:
        gathering = asyncio.ensure_future(self.client.gather(list(promises), asynchronous=True))
        last = time.monotonic()
        while not await self._done(gathering):
            if await self._works():
                last = time.monotonic()
            if time.monotonic() - last >= PATIENCE:
                gathering.cancel()
                raise self._idle()
        found: list[Any] = gathering.result()
        return found

    async def _answered(
        self, actors: Sequence[Any], method: str, arguments: Sequence[Any], stay: Sequence[Any]
    ) -> list[Any]:
        since = time.monotonic()
        while not any(map(self.is_lost, stay)):
            asking = asyncio.gather(*(getattr(actor, method)(*arguments) for actor in actors))
            try:
                while not await self._done(asking):
                    if any(map(self.is_lost, stay)):
                        asking.cancel()
                        raise LostError
                return asking.result()
            except OSError:  # a connection broke: the scheduler will say that a worker is gone, or it was an accident
                await asyncio.sleep(_PAUSE)
                if time.monotonic() - since >= PATIENCE:
                    raise ClusterError(f"a worker of {self.name} does not answer") from None
        raise LostError

    async def _done(self, work: asyncio.Future[Any]) -> bool:
        """Whether the work is done after a moment. Raises ClusterError where it will never be."""
        fault = None
        if self._overflows >= _OVERFLOWS:
            fault = _starved(self._full)
        elif self.client.status != "running":  # what it knew is lost, even if it comes again
            fault = self.gone()
        if fault:
            work.cancel()
            raise fault
        done, _ = await asyncio.wait({work}, timeout=_TICK)
        return bool(done)

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
        begin = await scheduler.ncores_running(workers=None)
        if not busy.isdisjoint(begin):
            self._paused = ""
            return True
        # The memory of others is nearly full: they end what they have begun, and begin nothing.
        full = set(await scheduler.ncores(workers=None)).difference(begin)
        self._paused = f"the worker {min(full)}" if full else ""
        if not busy:
            await self._let_go(scheduler)
            return False
        facts = (await scheduler.identity())["workers"]
        return any(facts[worker]["metrics"]["task_counts"].get("executing") for worker in busy & facts.keys())

    async def _let_go(self, scheduler: Any) -> None:
        """Let any worker do the tasks that wait for lost ones: Dask does so only if one is there at that moment."""
        states = await scheduler.get_task_status(keys=self._bound)
        if waiting := [key for key, state in states.items() if state == "no-worker"]:
            await scheduler.set_restrictions(worker=dict.fromkeys(waiting))
            await scheduler.retry(keys=waiting)

    def gone(self) -> ClusterError:
        """The error to raise where the scheduler does not answer."""
        return ClusterError(f"the scheduler at {self.name} is gone")

    def _idle(self) -> ClusterError:
        if full := self._paused or self._full:
            return _starved(full)
        return ClusterError(f"the cluster at {self.name} has done nothing for {PATIENCE} s: are its workers gone?")

    def _event(self, event: tuple[float, Any]) -> None:
        """Called on a thread of its own for what the scheduler tells of workers."""
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


def _starved(worker: str) -> ClusterError:
    return ClusterError(f"{worker} ran out of memory", hint="give more workers, or more memory to each")
