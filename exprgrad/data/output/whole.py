"""Files that are whole or not there: written under a hidden name beside their own, which they take when they are on
disk.

The hidden file, `.NAME.xxxxxxxx.part`, is locked while a process writes it. One that nobody locks was left by a process
that was killed: whoever writes NAME next takes it away.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

_LONGEST = 200
"""Bytes of a hidden name that are taken from the file's own, of the 255 that a name may have."""
_BUFFER = 1 << 20
_TRIES = 100
"""To have a claim that others give back just then."""


def hidden(final: str, kind: str = "part") -> str:
    """A hidden name beside the file: a new one for a part; the one that there is of another kind."""
    folder, stem = _beside(final)
    middle = f".{os.urandom(4).hex()}" if kind == "part" else ""
    return os.path.join(folder, f".{stem}{middle}.{kind}")


class Part:
    """What is to become a file, ended by `commit` or `discard`. Lets OSError pass."""

    def __init__(self, final: str, mode: int | None = None) -> None:
        """`mode` is the file's, by default that of new files."""
        clear(final)
        self._final = final
        self._path, descriptor = _created(final)
        self.file: IO[bytes] = open(descriptor, "wb", buffering=_BUFFER)  # noqa: SIM115 - closed at its end
        if mode is not None and hasattr(os, "fchmod"):
            try:
                os.fchmod(descriptor, stat.S_IMODE(mode))
            except OSError:
                self.discard()
                raise

    def commit(self, previous: str | None = None) -> None:
        """Give it its name, when it is on disk. What had the name before stays under that of `previous`, if one is
        given: at any moment there is a whole file."""
        self.file.flush()
        os.fsync(self.file.fileno())
        if previous is not None:
            _keep(self._final, previous)
        os.replace(self._path, self._final)
        self.file.close()  # not before: it is locked until it has its name
        _sync(os.path.dirname(self._path))

    def discard(self) -> None:
        """Leave nothing of it behind."""
        with suppress(FileNotFoundError):  # its folder was taken away
            os.unlink(self._path)
        with suppress(OSError):  # what could not be written was to be thrown away
            self.file.close()


class Claim:
    """The right to write a file again and again, which one process at a time has; given back by `release`, or by the
    end of the process."""

    def __init__(self, final: str) -> None:
        """Raises BlockingIOError where another has it. A file system without locks gives it to anybody."""
        self._path = hidden(final, "lock")
        for _ in range(_TRIES):
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
            if _locked(self._descriptor) is False:
                os.close(self._descriptor)
                raise BlockingIOError
            if _is_at(self._descriptor, self._path):
                return
            os.close(self._descriptor)  # it was given back just now
        raise BlockingIOError

    def release(self) -> None:
        """Let others have it."""
        with suppress(OSError):
            os.unlink(self._path)
        os.close(self._descriptor)


def clear(final: str) -> None:
    """Take away the parts of a file that killed processes left."""
    for path in parts_of(final):
        with suppress(OSError):  # of somebody else, or gone by now
            descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
            try:
                if stat.S_ISREG(os.fstat(descriptor).st_mode) and _locked(descriptor):
                    os.unlink(path)
            finally:
                os.close(descriptor)


def parts_of(final: str) -> Iterator[str]:
    """The hidden parts of a file."""
    folder, stem = _beside(final)
    fitting = re.compile(rf"\.{re.escape(stem)}\.[0-9a-f]{{8}}\.part")
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if fitting.fullmatch(entry.name):
                yield entry.path


def _beside(final: str) -> tuple[str, str]:
    """The folder of a file, and how hidden names there begin."""
    folder, base = os.path.split(os.path.abspath(final))
    return folder, os.fsdecode(os.fsencode(base)[:_LONGEST])


def _created(final: str) -> tuple[str, int]:
    """A new part, locked."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        path = hidden(final)
        descriptor = os.open(path, flags, 0o666)
        if _locked(descriptor) is not False and os.path.lexists(path):
            return path, descriptor
        os.close(descriptor)  # another process took it away before it was locked


def _locked(descriptor: int) -> bool | None:
    """Lock an open file, until it is closed: whether that is done; None where there are no locks."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock

        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def _is_at(descriptor: int, path: str) -> bool:
    """Whether an open file has this name, still."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _keep(file: str, previous: str) -> None:
    """Give a file a second name, which it keeps when the first is another's."""
    if not os.path.exists(file):
        return
    link = hidden(file)
    try:
        os.link(file, link)
        os.replace(link, previous)
    except OSError:  # no links on this file system
        os.replace(file, previous)
    finally:
        with suppress(OSError):  # it is left where both names are of one file
            os.unlink(link)


def _sync(folder: str) -> None:
    """Have the names in a folder on disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
