"""Transcripts in Markdown: each ```console block is run by bash, and its output compared.

    $ exprgrad eval "a*b" --a 3 \
    >     --b 2
    expected stdout and stderr
    [exit 2]                        where the exit code is not 0

The last digits of a fit depend on the LAPACK that NumPy comes with, so its long numbers may differ in them.
The blocks of one file share an empty folder; `examples/` is linked into it when a command names it.
`python -m tests.transcripts FILE …` writes what the commands print now into the files: read the difference before you
commit it.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FILES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/transcripts/*.md")])
_NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:e[+-]\d+)?)")
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Step(NamedTuple):
    """A command and what it is said to print."""

    command: str
    expected: str


def steps(block: str) -> list[Step]:
    """The commands of one block."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return [Step("\n".join(command), "".join(f"{line}\n" for line in lines)) for command, lines in found]


def blocks(path: Path) -> list[str]:
    """The console blocks of a file."""
    return _BLOCK.findall(path.read_text("utf-8"))


def run(command: str, folder: str) -> str:
    """What a command prints, with its exit code where that is not 0."""
    if "examples/" in command and not (link := Path(folder, "examples")).exists():
        link.symlink_to(ROOT / "examples")
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=surroundings(folder) | {"COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    output = done.stdout.decode("utf-8", "backslashreplace")
    if output and not output.endswith("\n"):
        output += "\n"
    return output + (f"[exit {done.returncode}]\n" if done.returncode else "")


def surroundings(folder: str) -> dict[str, str]:
    """The environment of a command in a folder that is its home."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": folder, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def is_same(printed: str, step: Step) -> bool:
    """Whether a command prints what it is said to: of a fit, numbers of 13 digits or more up to rounding."""
    if "exprgrad fit" not in step.command:
        return printed == step.expected
    texts, said = _NUMBER.split(printed), _NUMBER.split(step.expected)
    return len(texts) == len(said) and all(
        text == other or (k % 2 == 1 and min(map(_digits, (text, other))) > 12 and _is_near(float(text), float(other)))
        for k, (text, other) in enumerate(zip(texts, said, strict=True))
    )


def _digits(number: str) -> int:
    return len(re.sub(r"e.*|\.", "", number).lstrip("0"))


def _is_near(x: float, y: float) -> bool:
    return math.isclose(x, y, rel_tol=1e-9)


def update(path: Path) -> None:
    """Write what the commands of a file print now."""
    with tempfile.TemporaryDirectory() as folder:

        def rerun(match: re.Match[str]) -> str:
            lines = []
            for step in steps(match[1]):
                first, *more = step.command.split("\n")
                printed = run(step.command, folder)
                output = step.expected if is_same(printed, step) else printed
                lines += [f"$ {first}\n", *(f"> {line}\n" for line in more), output]
            return f"```console\n{''.join(lines)}```"

        path.write_text(_BLOCK.sub(rerun, path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        update(Path(name))
