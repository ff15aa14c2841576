"""A test that needs a program is skipped without it, and says what to install."""

import subprocess
import sys

import pytest

from tests.tools import TOOLS, called
from tests.transcripts import ROOT


@pytest.mark.parametrize(
    ("script", "tools"),
    [
        ("exprgrad graph 'a*b' -o graph.svg", ["dot"]),
        ("exprgrad graph --format=png 'a*b' > a", ["dot"]),
        ("cd x && exprgrad graph 'a*b' --format svg | head -c 5", ["dot"]),
        ("exprgrad graph 'a*b' -o graph.html", []),
        ("exprgrad graph 'a*b' -o a.dot; exprgrad plot 'x' --x 0:1 -o x.svg", []),
        ('exprgrad graph "u = a|b; L = u + c" --a 3 -o nodes.svg', ["dot"]),
        ("exprgrad graph 'dot*cc' --dot 1 --cc 2", []),
        ("PATH=$PWD/bin:$PATH exprgrad graph 'a*b' -o g.svg", []),
        ("exprgrad export 'x' --format c --main -o f.c\ncc f.c -lm -o f && ./f 2", ["cc"]),
        ("exprgrad export 'x' --format javascript | node - && gcc -v", ["gcc", "node"]),
    ],
)
def test_what_a_script_calls(script: str, tools: list[str]) -> None:
    assert called(script) == tools


def test_without_programs_they_are_skipped_and_say_so() -> None:
    tests = ["tests/jobs/export", "tests/docs", "tests/render/test_report.py", "tests/test_transcripts.py"]
    command = [sys.executable, "-m", "pytest", "-m", "needs", "-n", "0", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(
        command, cwd=ROOT, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False, timeout=100
    )
    *reasons, last = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert " skipped, " in last
    assert "passed" not in last
    said = "\n".join(reasons)
    assert all(f"{tool} not installed: apt install {TOOLS[tool].packages}" in said for tool in ("cc", "dot", "groff"))
    assert "gcc and node not installed: apt install gcc libc6-dev nodejs" in said
