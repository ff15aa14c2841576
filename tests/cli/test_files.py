"""No output goes where an input is, nor where another output goes, under whatever names."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from exprgrad.cli.app import COMMANDS
from exprgrad.cli.options.files import InputFile, OutputFile

ROWS = "x,y\n1,2\n2,4\n3,7\n"
TRAIN, MAP = "train '(w*x-y)^2' --w 0", "map 'a*x' --a 2"
FIT = "fit 'y ~ a*x' --data d.csv"

REFUSED = {
    f"{TRAIN} --data d.csv --history d.csv": "--history would write over d.csv, which --data reads",
    f"{TRAIN} --data soft.csv --history ./hard.csv": "--history would write over soft.csv, which --data reads",
    f"{TRAIN} --data hard.csv --checkpoint soft.csv": "--checkpoint would write over hard.csv, which --data reads",
    f"{TRAIN} --data '*d.csv' --history d.csv": "--history would write over d.csv, which --data reads",
    f"{TRAIN} --data parts --history parts/part-00000.csv": "--history would write over parts/part-00000.csv,",
    f"{TRAIN} --data - --history d.csv < d.csv": "--history would write over d.csv, which standard input reads",
    f"{TRAIN} --data /dev/stdin --history d.csv < d.csv": "--history would write over /dev/stdin, which --data reads",
    f"{TRAIN} --data d.csv --history /dev/stdin < d.csv": "--history would write over d.csv, which --data reads",
    f"{TRAIN} --data d.csv --plot p.svg --report p.html": "--report would write over d.csv, which --data reads",
    f"{TRAIN} --data c.previous --checkpoint c": "--checkpoint would write over c.previous, which --data reads",
    f"{FIT} --plot d.svg": "--plot would write over d.csv, which --data reads",
    f"{MAP} --data d.csv -o d.csv": "--output would write over d.csv, which --data reads",
    f"{MAP} -o d.csv < d.csv": "--output would write over d.csv, which standard input reads",
    f"{MAP} --data d.csv >> d.csv": "standard output would write over d.csv, which --data reads",
    f"{MAP} --bind b.json --data d.csv --format csv -o b.json": "--output would write over b.json, which --bind reads",
    "export -f e.expr --format c -o e.expr": "--output would write over e.expr, which --file reads",
    'export -f e.expr --format c -o "$PWD/parts/../e.expr"': "--output would write over e.expr, which --file reads",
    "export --format c -o e.expr < e.expr": "--output would write over e.expr, which standard input reads",
    "export -f - --format c -o e.expr < e.expr": "--output would write over e.expr, which standard input reads",
    "graph -f e.expr --format dot -o e.expr": "--output would write over e.expr, which --file reads",
    "plot -f e.expr --a 1 --x 0:1 -o e.svg": "--output would write over e.expr, which --file reads",
    "eval -f e.expr --a 1 --x 2 >> e.expr": "standard output would write over e.expr, which --file reads",
    f"{FIT} --plot new.svg --report new.html": "--plot and --report both name new.html",
    "train '(w-1)^2' --w 0 --checkpoint c --history parts/../c.previous": "--history and --checkpoint both name",
    "train '(w-1)^2' --w 0 --history h.csv > h.csv": "--history and standard output both name h.csv",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that have several names each."""
    (tmp_path / "d.csv").write_text(ROWS)
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "d.csv")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "part-00000.csv").write_text(ROWS)
    (tmp_path / "parts" / "_SUCCESS").touch()
    (tmp_path / "e.expr").write_text("a*x\n")
    (tmp_path / "b.json").write_text('{"a": 1}')
    for link, file in {
        "soft.csv": "d.csv",
        "d.svg": "d.csv",
        "p.html": "d.csv",
        "e.svg": "e.expr",
        "c.previous": "d.csv",
        "new.html": "new.svg",
    }.items():
        (tmp_path / link).symlink_to(file)
    return tmp_path


@pytest.mark.parametrize("line", REFUSED)
def test_an_input_is_not_written_over(line: str, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    program = f'"{sys.executable}" -c "from exprgrad.cli import main; main()" {line}'
    done = subprocess.run(["bash", "-c", program], cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"exprgrad: {REFUSED[line]}")
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "h.csv"}
    assert after == before


@pytest.mark.parametrize("name", COMMANDS)
def test_each_file_of_a_line_is_read_or_written(name: str) -> None:
    """Only these are looked at."""
    command: click.Command = import_module(f"exprgrad.cli.commands.{name}").command
    for param in command.params:
        assert not isinstance(param.type, click.Path | click.File) or isinstance(param.type, InputFile | OutputFile)
