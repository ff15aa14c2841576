"""Files that are whole or not there. A file is written under a hidden name beside its own; when all of it is on disk,
it is renamed.

The hidden file, `.NAME.xxxxxxxx.part`, is locked while a process writes it. A hidden file without a lock was left by a
process that was killed: the next one that writes NAME removes it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

_LONGEST = 200
"""Bytes of the file's own name that a hidden name begins with; a name may have 255."""
_BUFFER = 1 << 20
_TRIES = 100
"""How often a claim is tried that another process gives back at that moment."""


def hidden(final: str, kind: str = "part") -> str:
    """A hidden name beside the file. Names of the kind "part" are new each time; another kind has one for each file."""
    folder, stem = _beside(final)
    middle = f".{os.urandom(4).hex()}" if kind == "part" else ""
    return os.path.join(folder, f".{stem}{middle}.{kind}")


class Unfinished:
    """What is to become a file, ended by `commit` or `discard`. Raises OSError where the system refuses."""

    def __init__(self, final: str, mode: int | None = None) -> None:
        """`mode` has the permissions of the file, by default those of new files."""
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
        """Bring it to disk, then give it its name. If `previous` is given, the file that had the name before is kept
        under that one: at any moment there is a whole file."""
        self.file.flush()
        os.fsync(self.file.fileno())
        if previous is not None:
            _keep(self._final, previous)
        os.replace(self._path, self._final)
        self.file.close()  # not before: it is locked until it has its name
        _sync(os.path.dirname(self._path))

    def discard(self) -> None:
        """Remove it."""
        with suppress(FileNotFoundError):  # its folder was taken away
            os.unlink(self._path)
        with suppress(OSError):  # what could not be written was to be thrown away
            self.file.close()


class Claim:
    """The right to write a file again and again, which one process has at a time. It is given back by `release`, or by
    the end of the process."""

    def __init__(self, final: str) -> None:
        """Raises BlockingIOError where another process has it. On a file system without locks everybody gets it."""
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
        """Give it back."""
        with suppress(OSError):
            os.unlink(self._path)
        os.close(self._descriptor)


def clear(final: str) -> None:
    """Remove the unfinished files that killed processes left beside a file."""
    for path in unfinished_of(final):
        with suppress(OSError):  # of somebody else, or gone by now
            descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
            try:
                if stat.S_ISREG(os.fstat(descriptor).st_mode) and _locked(descriptor):
                    os.unlink(path)
            finally:
                os.close(descriptor)


def unfinished_of(final: str) -> Iterator[str]:
    """The unfinished files of this name."""
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
    """A new hidden file, locked: its path and its descriptor."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        path = hidden(final)
        descriptor = os.open(path, flags, 0o666)
        if _locked(descriptor) is not False and os.path.lexists(path):
            return path, descriptor
        os.close(descriptor)  # another process took it away before it was locked


def _locked(descriptor: int) -> bool | None:
    """Lock an open file until it is closed. Gives whether it could be locked; None where there are no locks."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock

        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def _is_at(descriptor: int, path: str) -> bool:
    """Whether an open file still has this name."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _keep(file: str, previous: str) -> None:
    """Give a file a second name, which it keeps when another file takes the first."""
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
    """Bring the names in a folder to disk, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
