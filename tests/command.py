"""The real command, as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

COMMAND = [sys.executable, "-c", "from exprgrad.cli import main; main()"]


def exprgrad(*args: str, stdin: str | bytes | None = None, env: dict[str, str] | None = None) -> Any:
    """Run `exprgrad`; the completed process with text output."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    source: dict[str, Any] = {"input": data} if data is not None else {"stdin": subprocess.DEVNULL}
    done = subprocess.run([*COMMAND, *args], capture_output=True, timeout=300, check=False, env=env, **source)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def rows(*args: str, stdin: str | None = None) -> dict[str, tuple[float, float]]:
    """The rows that `exprgrad` prints into a pipe: value and gradient by name."""
    done = exprgrad(*args, stdin=stdin)
    assert done.returncode == 0, done.stderr
    cells = [line.split("\t") for line in done.stdout.splitlines()]
    return {name: (float(value), float(gradient)) for name, value, gradient in cells}


def document(*args: str) -> Any:
    """What `exprgrad … --json` prints."""
    done = exprgrad(*args, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
