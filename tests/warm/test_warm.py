"""A warm command is the command: what it prints, how it ends, and when it has to be a process of its own."""

import os
import subprocess
from pathlib import Path

import pytest

from tests import warm
from tests.transcripts import run, surroundings

LINES = r"""
exprgrad eval "a*b" --a 3 --b 2
exprgrad eval "a*b" --a 3 --b 2 > /dev/full
exprgrad eval "a*b" --a 3 --b 2 >&-
exprgrad eval "α*ü" --α 3 --ü 2 --column $'\xff'
exprgrad no-such-command 2>/dev/null
exprgrad
printf 'x\n1\n2\n' | exprgrad map "x^2" --data - | tail -n 1
printf 'x\n1\n' > d.csv; (mkdir -p below; cd below; exprgrad map "x^2" --data ../d.csv -o out.csv; ls)
exprgrad train --epochs 2000 -q | true; echo "${PIPESTATUS[@]}"
COLUMNS=40 exprgrad eval "a" --a 1 --format table
EXPRGRAD_CONFIG=nowhere.toml exprgrad eval 1
printf 'digits = 3\n' > c.toml; EXPRGRAD_CONFIG=c.toml exprgrad eval "x/3" --x 2
PYTHONIOENCODING=ascii exprgrad explain "b^2" --b 1 --format table
LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 exprgrad explain "b^2" --b 1 --format table
for x in 1 2; do exprgrad eval "x^2" --x $x --value & wait; done
exprgrad --version | head -n 1
""".strip().splitlines()


@pytest.mark.parametrize(
    ("line", "on_terminal"), [*((line, False) for line in LINES), *((line, True) for line in LINES[::5])]
)
def test_it_prints_and_ends_as_a_process(line: str, on_terminal: bool, tmp_path: Path) -> None:
    ways = []
    for is_warm in (False, True):
        folder = tmp_path / str(is_warm)
        folder.mkdir()
        ways.append(run(line, str(folder), on_terminal=on_terminal, is_warm=is_warm))
    assert ways[0] == ways[1]


@pytest.mark.parametrize(
    ("line", "is_served"),
    [
        ("exprgrad eval 1+1", True),
        ("PYTHONUNBUFFERED=1 exprgrad eval 1+1", False),
        ("LC_ALL=C exprgrad eval 1+1", False),
        ("exprgrad eval 1+1 <&-", False),
        ("exprgrad eval 1+1 --cluster=local", False),
    ],
)
def test_it_is_a_process_where_python_would_start_otherwise(line: str, is_served: bool, tmp_path: Path) -> None:
    program = tmp_path / "exprgrad"
    program.write_text(
        Path(warm.folder(), "exprgrad").read_text("utf-8").replace(str(warm.REAL), "/bin/false"), "utf-8"
    )
    program.chmod(0o755)
    environment = surroundings(str(tmp_path)) | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, check=False)
    assert (done.returncode == 0) == is_served == (done.stdout == b"1 + 1\t2\t1\n"), done


def test_it_ends_with_its_client(tmp_path: Path) -> None:
    options = "--w 0 --params w --lr 1e-9 --epochs 100000000 --backend interpreter --format csv"
    line = [f"{warm.folder()}/exprgrad", "train", "(w-2)^2", *options.split()]
    with subprocess.Popen(
        line, env=surroundings(str(tmp_path)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as client:
        assert client.stdout is not None
        assert client.stderr is not None
        assert client.stdout.readline()
        client.kill()
        assert client.stdout.read().endswith(b"\n")  # it closes what it writes to
        assert b"stopped by a signal" in client.stderr.read()
