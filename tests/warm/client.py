"""The command, run by the warm server: `python -IS client.py SOCKET REAL [ARGUMENT …]`.

It hands its arguments, folder, environment and streams over, waits, and ends as the command ended. Where that would not
be the same as a process of its own, it becomes the real command. It imports next to nothing: its start is its price.
"""

import sys
from posix import _exit, environ, execv, fstat, getcwdb, getpid, kill

_SAME = (b"LANG=C.UTF-8", b"PYTHONDONTWRITEBYTECODE=1")
"""What the server was started with, too, of that which is read only as Python or a library starts."""
_READ_AT_THE_START = (b"ARROW", b"LANG", b"LC_", b"LD_", b"MIMALLOC", b"MPL", b"OMP_", b"OPENBLAS", b"PYTHON", b"TZ")


def _needs_a_process(arguments, environment):
    """Whether Python would start otherwise, or the command starts processes that find their own way to its modules."""
    try:
        for stream in range(3):
            fstat(stream)
    except OSError:
        return True  # this stream is closed
    read = [entry for entry in environment if entry.startswith(_READ_AT_THE_START)]
    return sorted(read) != sorted(_SAME) or any(argument.startswith(b"--cluster") for argument in arguments)


def _run(address, arguments, environment):
    """How the command ended: its exit code, or the number of a signal with a minus; None if there is no server."""
    import _socket

    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.connect(address)
    except OSError:
        return None
    request = b"\0".join([getcwdb(), b"%d" % len(arguments), *arguments, *environment])
    streams = b"".join(stream.to_bytes(4, sys.byteorder) for stream in range(3))
    size = len(request).to_bytes(8, "big")
    connection.sendmsg([size], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    connection.sendall(request)
    return int(connection.recv(16) or b"255")


def _main():
    _, address, real, *words = sys.argv
    arguments = [word.encode(errors="surrogateescape") for word in words]
    environment = [name + b"=" + value for name, value in environ.items()]
    code = None if _needs_a_process(arguments, environment) else _run(address, arguments, environment)
    if code is None:
        execv(real, [real, *words])
    if code < 0:
        import _signal

        _signal.signal(-code, _signal.SIG_DFL)
        kill(getpid(), -code)
    _exit(code)


_main()
