"""A fork while other threads import or compile.

The child has none of these threads. A module that one of them had begun to import would never be there, and a lock that
one of them held would never be free. So a fork waits until no other thread is inside an import or inside LLVM.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from threading import get_ident
from time import monotonic, sleep
from typing import Any

LOCKS: list[AbstractContextManager[Any]] = []
"""Locks to be held during a fork."""

_PATIENCE = 60.0
"""Seconds after which a fork goes on in any case."""
_PAUSE = 0.001


class _Fork:
    def __init__(self) -> None:
        self._held: list[AbstractContextManager[Any]] = []
        self._interval = sys.getswitchinterval()

    def before(self) -> None:
        """Take the locks at a moment when no other thread imports, and let none run from then on."""
        self._interval = sys.getswitchinterval()
        end = monotonic() + _PATIENCE
        while True:
            self._held = list(LOCKS)
            for lock in self._held:
                lock.__enter__()
            sys.setswitchinterval(_PATIENCE)
            if not _imports_elsewhere() or monotonic() > end:
                return
            self.after()
            _let_others_run()

    def after(self) -> None:
        """Undo it, in the parent and in the child."""
        sys.setswitchinterval(self._interval)
        while self._held:
            self._held.pop().__exit__(None, None, None)


def _imports_elsewhere() -> bool:
    """Whether another thread holds the lock of a module."""
    from importlib import _bootstrap

    locks = [reference() for reference in list(getattr(_bootstrap, "_module_locks", {}).values())]
    return any(getattr(lock, "owner", None) not in (None, get_ident()) for lock in locks)


def _let_others_run() -> None:
    """Sleep without the lock of `logging`, which its own handler has taken for the fork: an import may need it."""
    lock = getattr(sys.modules.get("logging"), "_lock", None)
    if lock is None or not lock._is_owned():
        sleep(_PAUSE)
        return
    lock.release()
    sleep(_PAUSE)
    lock.acquire()


FORK = _Fork()
"""Registered by the package's face, before anything can be compiled."""
