"""Where output goes: a file that appears under its name only when it is whole, a device, or standard output."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import stat
import sys
from typing import IO

from exprgrad.data.output.terminal import escaped
from exprgrad.data.output.whole import Unfinished
from exprgrad.errors import OutputError
from exprgrad.text.escapes import visible


def descriptor_of(path: str) -> int | None:
    """The number of this process's open descriptor that a name such as /dev/stdout or /dev/fd/3 stands for."""
    if path == "-":
        return None
    own = re.compile(rf"/proc/{os.getpid()}(/task/\d+)?/fd|/dev/fd")
    for _ in range(40):  # as many links as Linux follows
        folder, base = os.path.split(os.path.abspath(path))
        folder = os.path.realpath(folder)
        if own.fullmatch(folder) and base.isdecimal():
            return int(base)
        path = os.path.join(folder, base)
        if not os.path.islink(path):
            return None
        path = os.path.join(folder, os.readlink(path))
    return None


class Target(io.RawIOBase):
    """A sink of bytes, ended by `commit` or `discard`; "-" is standard output.

    A file appears when it is whole: see `data.output.whole`. A name of an open descriptor (/dev/stdout) gets the bytes
    where that stands. Raises OutputError where the system refuses, and BrokenPipeError where the reader of a pipe went
    away.
    """

    def __init__(self, path: str):
        super().__init__()
        self._name = "standard output" if path == "-" else path
        self._unfinished: Unfinished | None = None
        self._final = os.path.realpath(path)
        self._position = 0
        self._over = False
        try:
            self._file = self._open(path)
        except (OSError, ValueError) as error:
            raise self._refusal(error) from None

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: bytes | memoryview, /) -> int:  # type: ignore[override]
        """Write all of the data. After the end nothing is written any more: an encoder may still say its last words."""
        view = memoryview(data).cast("B")
        if self._over:
            return len(view)
        try:
            self._file.write(view)
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:
            raise self._refusal(error) from None
        self._position += len(view)
        return len(view)

    def commit(self) -> None:
        """Make the file whole, on disk and under its name."""
        if self._over:
            return
        try:
            if self._unfinished is not None:
                self._unfinished.commit()
            else:
                self._file.flush()
                if self._name != "standard output":
                    self._file.close()
        except BrokenPipeError:
            self.discard()
            raise
        except (OSError, ValueError) as error:
            self.discard()
            raise self._refusal(error) from None
        self._over = True

    def discard(self) -> None:
        """Leave nothing behind under either name."""
        if self._over:
            return
        self._over = True
        if self._name == "standard output":
            return
        if self._unfinished is not None:
            self._unfinished.discard()
            return
        with contextlib.suppress(OSError):  # what could not be written was to be thrown away
            self._file.close()

    def _open(self, path: str) -> IO[bytes]:
        if path == "-":
            if sys.stdout is None:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            sys.stdout.flush()
            return escaped(sys.stdout.buffer)
        number = descriptor_of(path)
        if number is not None:
            if sys.stdout is not None:
                sys.stdout.flush()
            return open(os.dup(number), "wb", buffering=1 << 20)
        if self._final.startswith("/proc/") or os.path.realpath(os.path.dirname(path)).startswith("/proc/"):
            return open(os.open(path, os.O_WRONLY | os.O_APPEND), "wb")
        try:
            mode = os.stat(self._final).st_mode
        except FileNotFoundError:
            mode = None
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if mode is not None and not stat.S_ISREG(mode):
            return open(self._final, "wb")  # a device or a named pipe cannot be replaced
        if mode is not None and not os.access(self._final, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        self._unfinished = Unfinished(self._final, mode)
        return self._unfinished.file

    def _refusal(self, error: OSError | ValueError) -> OutputError:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return OutputError(f"cannot write {visible(self._name)}: {reason}")


def write_whole(path: str, content: bytes) -> None:
    """Write all of this to a target. Raises as Target does."""
    target = Target(path)
    try:
        target.write(content)
        target.commit()
    finally:
        target.discard()
