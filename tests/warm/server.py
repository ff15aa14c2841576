"""A process that has imported all that the command may need, and forks for each: `server.py LISTENER FOLDER REAL`.

A fork is the command, with the arguments, folder, environment and streams of the client. It ends with its
standard input, that is, with the tests that started it, and takes its folder away.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import pkgutil
import select
import shutil
import signal
import socket
import sys
import threading
import traceback
import warnings
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, NoReturn

import exprgrad
from exprgrad.cli import main
from exprgrad.errors import ExprgradError

_OUTSIDE = """flint llvmlite.binding matplotlib.backends.backend_agg matplotlib.backends.backend_pdf
    matplotlib.backends.backend_svg matplotlib.figure mpmath narwhals numpy plotille pyarrow.compute pyarrow.csv
    pyarrow.dataset pyarrow.ipc pyarrow.json pyarrow.orc pyarrow.parquet python_calamine rich.console rich.table
    scipy.linalg scipy.special scipy.stats""".split()
_TESTS = 0
"""The standard input: it is held by the tests."""
_ALONE = ("exprgrad.__main__", "exprgrad.cluster", "exprgrad.cli.repl")
"""Modules that act as they are imported, and rooms that are tested elsewhere."""


def _warm_up() -> None:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command has it
    ours = pkgutil.walk_packages(exprgrad.__path__, "exprgrad.", onerror=lambda name: None)
    for name in [*(module.name for module in ours if not module.name.startswith(_ALONE)), *_OUTSIDE]:
        with suppress(ImportError, ExprgradError):  # an extra is not installed
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    gc.disable()


def _serve(listener: socket.socket, folder: str) -> list[str]:
    """Fork for each client; in a child, the arguments of its command."""
    ended, ends = os.pipe()
    os.set_blocking(ends, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(ends, warn_on_full_buffer=False)
    clients: dict[int, socket.socket] = {}
    waits = select.poll()
    for watched in (_TESTS, ended, listener):
        waits.register(watched, select.POLLIN)
    while True:
        for ready, _ in waits.poll():
            if ready == _TESTS:
                shutil.rmtree(folder, ignore_errors=True)
                os._exit(0)
            elif ready == ended:
                os.read(ended, 4096)
                _tell(clients, waits)
            elif ready == listener.fileno():
                client, _ = listener.accept()
                if not (child := _fork()):
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    for descriptor in (ended, ends, *(other.detach() for other in (listener, *clients.values()))):
                        os.close(descriptor)
                    return _become(client)
                clients[child] = client
                waits.register(client, 0)  # only whether it has gone
            else:
                for child, client in clients.items():
                    if client.fileno() == ready:
                        os.kill(child, signal.SIGTERM)
                        waits.unregister(client)


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pyarrow has a thread, which is not needed in a child
        return os.fork()


def _tell(clients: dict[int, socket.socket], waits: select.poll) -> None:
    """Tell the clients whose commands have ended how they ended."""
    while clients:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        with clients.pop(child) as client, suppress(OSError):
            with suppress(KeyError):
                waits.unregister(client)
            client.sendall(b"%d" % os.waitstatus_to_exitcode(status))


def _become(client: socket.socket) -> list[str]:
    """Take over what a client hands over: its streams, folder and environment; the arguments of its command."""
    size, streams, _, _ = socket.recv_fds(client, 8, 3)
    with client, client.makefile("rb") as told:
        request = told.read(int.from_bytes(size, "big"))
    folder, count, *words = request.split(b"\0")
    arguments, environment = words[: int(count)], words[int(count) :]
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environb.update(entry.split(b"=", 1) for entry in environment)
    sys.stdin, sys.stdout, sys.stderr = map(_reopened, (sys.stdin, sys.stdout, sys.stderr))
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    return [os.fsdecode(argument) for argument in arguments]


def _reopened(stream: Any) -> TextIOWrapper:
    """A standard stream as Python opens it at its start, for what its descriptor is now."""
    descriptor, mode = stream.fileno(), stream.mode
    binary = open(descriptor, f"{mode}b", closefd=False)  # noqa: SIM115
    binary.raw.name = stream.name
    lines = stream is sys.stderr or os.isatty(descriptor)
    opened = TextIOWrapper(binary, stream.encoding, stream.errors, newline="\n", line_buffering=lines)
    opened.mode = mode
    return opened


def _run() -> NoReturn:
    """Run the command and leave, without the last search of Python for what could be taken down: it takes longer."""
    code: Any = 1
    try:
        main()
    except SystemExit as leave:
        code = leave.code or 0
    except BaseException:
        traceback.print_exc()
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _warm_up()
    _, number, place, real = sys.argv
    sys.argv = [real, *_serve(socket.socket(fileno=int(number)), place)]
    _run()
