"""Transcripts in Markdown: commands, run by bash, and their output, which is compared.

What a pipe gets stands in `console` blocks, for those who read:

    $ exprgrad eval "a*b" --a 3 \\
    >     --b 2
    expected stdout and stderr
    [exit 2]                        where the exit code is not 0

What a person sees on a terminal of 80 columns stands in a `text` block below the `bash` block that is pasted there;
without one, there is nothing to be seen. A `python` block is run if a `text` block follows. An `sh` block is not run.

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
from zlib import crc32

from tests import warm
from tests.terminals import watch

ROOT = Path(__file__).parents[1]
GALLERY = ROOT / "docs" / "gallery.md"
"""Where pictures show what commands do: docs/generate/gallery.py runs those."""
FILES = sorted({ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/transcripts/*.md")} - {GALLERY})
_NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:e[+-]\d+)?)")
_BLOCK = re.compile(
    r"^```console\n(?P<console>.*?)^```$"
    r"|^```bash\n(?P<bash>.*?)^```$(?:\n+```text\n(?P<text>.*?)^```$)?"
    r"|^```python\n(?P<python>(?:(?!```)[^\n]*\n)*)```\n+```text\n(?P<printed>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Step(NamedTuple):
    """A command, what it is said to print, and whether that is on a terminal."""

    command: str
    expected: str
    on_terminal: bool = False


def steps(block: str) -> list[Step]:
    """The commands of a `console` block."""
    found: list[tuple[list[str], list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return [Step("\n".join(command), "".join(f"{line}\n" for line in lines)) for command, lines in found]


def _steps(match: re.Match[str]) -> list[Step]:
    if match["console"] is not None:
        return steps(match["console"])
    if match["python"] is not None:
        return [Step(f"python3 <<'END'\n{match['python']}END", match["printed"], on_terminal=True)]
    return [Step(match["bash"].rstrip("\n"), match["text"] or "", on_terminal=True)]


def blocks(path: Path) -> list[list[Step]]:
    """The steps of each block of a file."""
    return [_steps(match) for match in _BLOCK.finditer(path.read_text("utf-8"))]


_BOUND = re.compile(r"\b(?:kill|timeout|trap|ulimit|umask)\b")
"""What acts on the process itself that it starts."""
_SAMPLE = 12


def may_be_warm(command: str) -> bool:
    """Whether the warm server may run it: it runs all but one of twelve, which hold the two ways to be the same."""
    return not _BOUND.search(command) and crc32(command.encode()) % _SAMPLE != 0


def run(command: str, folder: str, *, on_terminal: bool = False, is_warm: bool = False) -> str:
    """What a command prints, with its exit code where that is not 0; a warm server may run it (tests/warm)."""
    if "examples/" in command and not (link := Path(folder, "examples")).exists():
        link.symlink_to(ROOT / "examples")
    environment = surroundings(folder, is_warm=is_warm and may_be_warm(command))
    if on_terminal:
        code, printed = show(command, folder, environment | {"TERM": "dumb", "NO_COLOR": "1"})
    else:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment | {"COLUMNS": "80"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        code, printed = done.returncode, done.stdout
    output = printed.decode("utf-8", "backslashreplace")
    if output and not output.endswith("\n"):
        output += "\n"
    return output + (f"[exit {code}]\n" if code else "")


def show(command: str, folder: str, environment: dict[str, str]) -> tuple[int, bytes]:
    """The exit code of a command, and what it writes to a terminal of 80 columns."""
    line = ["bash", "-c", command]
    code, screen = watch(line, columns=80, cwd=folder, env=environment, stdin=subprocess.DEVNULL)
    return code, screen.replace(b"\r\n", b"\n")


def surroundings(folder: str, *, is_warm: bool = False) -> dict[str, str]:
    """The environment of a command in a folder that is its home."""
    path = [*([warm.folder()] if is_warm else []), str(Path(sys.executable).parent), os.environ["PATH"]]
    return {"PATH": os.pathsep.join(path), "HOME": folder, **warm.STARTS_WITH}


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
            for step in _steps(match):
                printed = run(step.command, folder, on_terminal=step.on_terminal)
                output = step.expected if is_same(printed, step) else printed
                if match["python"] is not None:
                    return f"```python\n{match['python']}```\n\n```text\n{output}```"
                if step.on_terminal:
                    below = f"\n\n```text\n{output}```" if output else ""
                    return f"```bash\n{match['bash']}```{below}"
                first, *more = step.command.split("\n")
                lines += [f"$ {first}\n", *(f"> {line}\n" for line in more), output]
            return f"```console\n{''.join(lines)}```"

        path.write_text(_BLOCK.sub(rerun, path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        update(Path(name))
