"""What is read whole has a limit."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from pathlib import Path

import pytest

from exprgrad.data.stores.bounded import LIMIT, read_whole
from exprgrad.errors import LimitError

PACKAGE = Path(__file__).parents[3] / "exprgrad"
WHOLE = {"read_text", "read_bytes", "readlines", "readall"}
OURS = {"syntax/build.py", "trials/sobol/directions.py", "render/pages/page.py", "jobs/draw/page/html.py"}
"""Where files of the package itself are read."""


@pytest.mark.parametrize(
    "line",
    [
        "eval -f /dev/zero",
        "eval -f - < /dev/zero",
        "yes 'x +' | exprgrad eval",
        "eval x --bind /dev/zero",
        "eval x --bind - < /dev/zero",
        "train '(w-1)^2' --bind /dev/zero",
    ],
)
def test_what_never_ends_is_refused(line: str) -> None:
    program = (
        f'exprgrad() {{ "{sys.executable}" -c "from exprgrad.cli import main; main()" "$@"; }}; ulimit -v 4000000; '
    )
    script = program + (line if "|" in line else f"exprgrad {line}")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (4, "")
    name = "standard input" if "<" in line or "|" in line else "/dev/zero"
    assert done.stderr.startswith(f"exprgrad: {name} is longer than 64 MB, the limit of a text that is read whole")


def test_the_limit_is_what_it_says() -> None:
    assert len(read_whole(io.BytesIO(bytes(LIMIT)), "zeros")) == LIMIT
    with pytest.raises(LimitError):
        read_whole(io.BytesIO(bytes(LIMIT + 1)), "zeros")


def test_nothing_from_outside_is_read_without_a_limit() -> None:
    """A bare `.read()` takes all there is: only `data.stores.bounded` reads a text whole."""
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).as_posix() in OURS:
            continue
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                name, owner = call.func.attr, ast.unparse(call.func.value)
                bare = name == "read" and not call.args and not call.keywords
                assert not bare, f"{path}:{call.lineno}"
                assert name not in WHOLE, f"{path}:{call.lineno}"
                assert (owner, name) not in {("json", "load"), ("tomllib", "load")}, f"{path}:{call.lineno}"
