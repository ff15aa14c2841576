"""What the tab key offers for the values of options; and that it never says a word about what is wrong."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from docs.generate.pages import ROOT
from exprgrad.cli.app import COMMANDS, app
from exprgrad.cli.completion import shells
from exprgrad.cli.completion.shells import VARIABLE, Bash, complete
from exprgrad.cli.completion.values import VALUES
from tests.tools import needs

FIT = 'fit "counts ~ a*exp(-b*time_s)" --data d.csv'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d.csv").write_text("time_s,counts,Temp (C),sd\n1,2,3,0.1\n2,3,4,0.2\n")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)


def offered(line: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """What bash is told at the end of a line."""
    monkeypatch.setattr(shells, "_LONGEST", 60.0)  # it ends the process, and the machine may be busy
    monkeypatch.setenv("COMP_LINE", f"exprgrad {line}")
    monkeypatch.setenv(VARIABLE, "bash_complete")
    assert complete(app) == 0
    out, err = capfd.readouterr()
    assert err == ""
    return [item.removeprefix("plain,") for item in out.split()]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"{FIT} --sigma ", "time_s counts Temp_C sd"),
        (f"{FIT} --sigma=s", "sd"),
        (f"{FIT} --weights T", "Temp_C"),
        (f"{FIT} --fix ", "a b"),
        (f"{FIT} --fix a,", "a,b"),
        (f"{FIT} --bound ", "a= b="),
        (f"{FIT} --column b=T", "Temp_C"),
        (f"{FIT} --column=b=ti", "time_s"),
        (f"{FIT} --column a", "a=time_s a=counts a=Temp_C a=sd"),
        (f"{FIT} --robust s", "soft_l1"),
        (f"{FIT} --time sd=m", "milliseconds microseconds minutes"),
        ('train "(w*x-y)^2" --optimizer ada', "adagrad adam adamw"),
        ('train "(w*x-y)^2" --schedule co', "constant cosine"),
        ('train "(w*x-y)^2" --x 1,2 --params w,', "w,x w,y"),
        ('eval "u = w*x; u^2" --gradient ', "w x u"),
        ('eval "mean(x)*w" --data d.csv --wrt ', "x w"),
        ('eval "w*x" --jvp w=1,', "1,x="),
        ('diff "w*x^2" --wrt x,', "x,w"),
        ('diff "w*x^2" --wrt=', "w x"),
        ('diff "w*x^2" --w', "--wrt --w"),
        ('map "p = x^2; p+1" --add ', "p"),
        ('export "mean(x)*w" --columns ', "x w"),
        ('export "x" --format ja', "jax javascript"),
        ("columns d.csv --time c", "counts=seconds"),
        ("columns d.csv --delimiter se", "semicolon"),
        ("help ex", "explain export"),
        ("--ver", "--version"),
        ('diff "w*(x" --wrt ', ""),
        ("fit --data nothing.csv --sigma ", ""),
        ("fit --data pipe --sigma ", ""),
        ("fit --data - --sigma ", ""),
        ("fit --data https://localhost:1/d.csv --sigma ", ""),
        ("fit --fix a --sigma x --sigma ", ""),
        ("fit --data d.csv --delimiter zz --sigma ", ""),
    ],
)
def test_bash_is_offered(
    line: str, words: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    found = offered(line, monkeypatch, capfd)
    if line.startswith("columns d.csv --time c"):
        assert words in found
    else:
        assert found == words.split()


@pytest.mark.parametrize(
    ("line", "word"), [("--sigma T", r"Temp_C"), ('--sigma "T', "Temp_C"), ("-f my", "file,my"), ("--data=d", "file,d")]
)
def test_words_are_quoted_for_bash(
    line: str, word: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert offered(f"fit --data d.csv {line}", monkeypatch, capfd) == [word]


def test_every_option_that_takes_names_is_completed() -> None:
    context = click.Context(app)
    commands = [app.get_command(context, name) for name in COMMANDS]
    params = [param for command in commands if command for param in command.params if isinstance(param, click.Option)]
    named = {max(param.opts, key=len) for param in params if "NAME" in (param.metavar or "").replace("FILENAME", "")}
    own = {"--name", "--sheet", "--format"}  # a new name; a name within a file; choices
    assert named - own - VALUES.keys() == set()
    assert {name for name in VALUES if not any(name in param.opts for param in params)} == set()


ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
COMPLETING = """
source {script}
{typed}
_exprgrad_completion exprgrad
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (f"COMP_LINE='exprgrad {FIT} --sigma '; COMP_POINT=${{#COMP_LINE}}", "time_s counts Temp_C sd"),
        ("COMP_WORDS=(exprgrad functions gelu_); COMP_CWORD=2", "gelu_slope gelu_gate gelu_erf gelu_erf_slope"),
    ],
)
def test_the_script_of_bash_hands_on_the_line(typed: str, words: str) -> None:
    script = COMPLETING.format(script=ROOT / "docs/completion/bash/exprgrad", typed=typed)
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert (done.stdout.split(), done.stderr) == (words.split(), "")


@needs("fish")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"{FIT} --sigma=", {f"--sigma={name}" for name in ("time_s", "counts", "Temp_C", "sd")}),
        (f"{FIT} --fix a,", {"a,b"}),
    ],
)
def test_fish_completes(line: str, words: set[str]) -> None:
    script = f"source {ROOT}/docs/completion/fish/exprgrad.fish; complete -C {shlex.quote(f'exprgrad {line}')}"
    done = subprocess.run(["fish", "-c", script], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert set(done.stdout.split()) == words


def test_a_value_is_quoted_where_no_quote_is_open() -> None:
    from click.shell_completion import CompletionItem

    shell = Bash(app, {}, "exprgrad", VARIABLE)
    shell.kept, shell.quote = "", ""
    assert shell.format_completion(CompletionItem("Temp (°C) $x")) == r"plain,Temp\ \(°C\)\ \$x"
    shell.quote = '"'
    assert shell.format_completion(CompletionItem("a b")) == "plain,a b"
