"""The command at a fraction of its price: a warm server forks for each, where a Python would start and import.

`folder()` holds a program `exprgrad` for the PATH that has the server run the command: its streams, folder and
environment, exit code and signals are those of a process of its own. Where they would not be, it starts the real one.
"""

from __future__ import annotations

import atexit
import os
import shlex
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
REAL = Path(sys.executable).parent / "exprgrad"
STARTS_WITH = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
"""What a command is to have in its environment, too, of that which is read as Python starts (client.py)."""
_WAITING = 64


@cache
def folder() -> str:
    """The folder; a server starts, and ends with this process."""
    place = Path(tempfile.mkdtemp(prefix="warm-"))
    address, program = place / "socket", place / "exprgrad"
    client = [sys.executable, "-IS", HERE / "client.py", address, REAL]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, client))} "$@"\n', "utf-8")
    program.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen(_WAITING)
        server = [sys.executable, "-P", str(HERE / "server.py"), str(listener.fileno()), str(place), str(REAL)]
        environment = STARTS_WITH | {"HOME": str(Path.home()), "PATH": os.environ["PATH"]}
        process = subprocess.Popen(
            server, stdin=subprocess.PIPE, env=environment, pass_fds=[listener.fileno()], cwd=place
        )
    atexit.register(process.communicate)  # its standard input closes: where no one does that, the system does
    return str(place)
