"""Without the extras: what needs none works, and what needs one says which."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXTRA = ("numpy", "pyarrow", "llvmlite", "scipy", "mpmath", "flint")
PROGRAM = "import sys; sys.modules.update(dict.fromkeys({!r})); from exprgrad.cli.process import run; run(sys.argv[1:])"
LOSS = "mean((w*x - y)^2)"
INLINE = ("--x", "1,2,3", "--y", "2,4,7", "--w", "2")


def bare(folder: Path, *args: str, without: tuple[str, ...] = EXTRA) -> subprocess.CompletedProcess[str]:
    """The command where none of the extras is installed, or all but some packages."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(without), *args], cwd=folder, capture_output=True, text=True
    )


def test_inline_columns_are_interpreted(tmp_path: Path) -> None:
    done = bare(tmp_path, "eval", LOSS, *INLINE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "w\t2\t-2\nmean((w*x - y)^2)\t0.3333333333333333\t1\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("eval", "mean(x)", "--data", "d.csv"), '--data needs numpy; install it: pip install "exprgrad[data]"'),
        (("map", "x^2", "--data", "d.csv"), '--data needs numpy; install it: pip install "exprgrad[data]"'),
        (
            ("eval", LOSS, *INLINE, "--backend", "llvm"),
            'the compiled backend needs numpy; install it: pip install "exprgrad[data]"',
        ),
        (("check", "x^2", "--x", "3"), 'checking needs mpmath; install it: pip install "exprgrad[check]"'),
        (
            ("eval", "x^2", "--x", "3", "--certify"),
            'a certified number needs python-flint; install it: pip install "exprgrad[certify]"',
        ),
    ],
    ids=["data", "map", "llvm", "check", "certify"],
)
def test_what_is_missing_is_named(tmp_path: Path, args: tuple[str, ...], message: str) -> None:
    (tmp_path / "d.csv").write_text("x\n1\n")
    done = bare(tmp_path, *args)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"exprgrad: {message}\n")


def test_a_check_without_balls_is_made_by_differences(tmp_path: Path) -> None:
    done = bare(tmp_path, "check", "tanh(x)*2", "--x", "20", without=("flint",))
    assert (done.returncode, [line.split()[-1] for line in done.stdout.splitlines()]) == (0, ["agrees", "agrees"])


@pytest.mark.parametrize("package", ["distributed", "cryptography"])
def test_a_cluster_is_an_extra_of_its_own(tmp_path: Path, package: str) -> None:
    (tmp_path / "d.csv").write_text("x\n1\n")
    done = bare(tmp_path, "eval", "mean(x)", "--data", "d.csv", "--cluster", "local:1", without=(package,))
    message = f'exprgrad: --cluster needs {package}; install it: pip install "exprgrad[cluster]"\n'
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
