"""One option, one meaning: a name means the same in every command; where results go, and in which format."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from exprgrad.cli.app import COMMANDS, app
from exprgrad.cli.options.option import OTHER, Option
from exprgrad.cli.process import execute
from tests.command import COMMAND

CONTEXT = click.Context(app)
OPTIONS = [
    (name, option)
    for name in COMMANDS
    if (command := app.get_command(CONTEXT, name)) is not None
    for option in command.params
    if isinstance(option, click.Option)
]
EVERYWHERE = ("--output", "--format")
RESULTS = (
    "eval",
    "diff",
    "check",
    "explain",
    "train",
    "fit",
    "compare",
    "uncertainty",
    "sensitivity",
    "columns",
    "functions",
)


def meaning(option: click.Option) -> tuple[object, ...]:
    """All that a name must have in common in two commands: not its default, not the formats or methods of a command."""
    kind = option.type
    values = kind.choices if isinstance(kind, click.Choice) and option.name not in ("format", "method") else ()
    limits = (getattr(kind, "least", None), getattr(kind, "most", None))
    how = (option.is_flag, option.multiple, option.nargs, option.metavar, option.flag_value if option.is_flag else None)
    heading = option.heading if isinstance(option, Option) else OTHER
    assert option.help
    return tuple(option.opts), option.help, heading, kind.name, tuple(values), limits, how


def test_a_name_means_the_same_in_every_command() -> None:
    found: dict[str, dict[tuple[object, ...], list[str]]] = {}
    for command, option in OPTIONS:
        for name in option.opts:
            found.setdefault(name, {}).setdefault(meaning(option), []).append(command)
    assert {name: meanings for name, meanings in found.items() if len(meanings) > 1} == {}


def test_no_command_says_of_itself_what_a_name_means() -> None:
    """What several commands have is one row of `cli/options/`: the texts are the same objects."""
    texts: dict[str, set[int]] = {}
    for _, option in OPTIONS:
        texts.setdefault(option.opts[-1], set()).add(id(option.help))
    assert {name for name, found in texts.items() if len(found) > 1} == set()


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "help"])
def test_every_command_has_a_file_and_a_format(name: str) -> None:
    options = {text for command, option in OPTIONS if command == name for text in option.opts}
    assert {*EVERYWHERE, "-o"} <= options
    assert ("--header" in options) == (name in RESULTS)
    formats = next(option.type for command, option in OPTIONS if command == name and option.name == "format")
    assert isinstance(formats, click.Choice)
    assert ("--json" in options) == ("json" in formats.choices)


def test_the_help_is_in_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert execute([name, "--help"]) == 0
        text = capsys.readouterr().out
        for word in ("INTEGER", "TEXT  ", "FLOAT", "RANGE", "x>=", "<=x", "(default"):
            assert word not in text.replace("--comment TEXT", ""), (name, word)
        assert "Output:\n" in text or name == "help"
        if name not in ("compare", "columns", "functions", "help"):
            assert "Every variable of the expression is an option" in " ".join(text.split()), name


POINTS = "x,y\n1,2\n2,4.1\n3,5.9\n4,8.2\n"
TRAIN = 'train "(w-2)^2" --w 0 --params w --epochs 2 --lr 0.25'
LINES = {
    'eval "a*b" --a 3 --b 2': "name\tvalue\tgradient\na\t3\t2\n",
    'diff "x^2*y"': "by\tderivative\nx\t2*x*y\n",
    'check "x^2" --x 3': "name\tcomputed\treference\terror in ulp\tverdict\n",
    'explain "x^2" --x 3': "step\tpass\tof\t",
    TRAIN: "epoch\tloss\tw\tdL/dw\n0\t4\t0\t-4\n",
    'fit "y ~ a*x" --data d.csv': "name\tvalue\tstd error\t",
    'compare "y ~ a*x" "y ~ a*x + b" --data d.csv': "model\tparameters\trss\t",
    'sensitivity "x^2" --x "3±0.1" --n 64': "input\ttotal\ttotal_low\ttotal_high\t",
    'uncertainty "x^2" --x "3±0.1"': "result\tinput\tvalue\tstandard uncertainty\t",
    "columns d.csv": "column\t",
    "functions": "function\tcomputes\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text(POINTS)
    return tmp_path


@pytest.mark.parametrize("line", LINES)
def test_a_file_has_what_the_format_says(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The suffix is the format; without one the lines of a pipe; nothing goes to standard output."""
    words = [*shlex.split(line), *(["-q"] if line != "functions" else [])]
    texts = {}
    for name in ("plain", "json", "jsonl", "csv"):
        assert execute([*words, "--format", name]) == 0
        texts[name] = capsys.readouterr().out
        for file in {"plain": ("r", "r.txt"), "json": ("r.json",), "jsonl": ("r.ndjson",), "csv": ("r.csv",)}[name]:
            assert execute([*words, "-o", file]) == 0
            assert capsys.readouterr().out == ""
            assert (folder / file).read_text() == texts[name]
    assert execute([*words, "--header"]) == 0
    assert capsys.readouterr().out.startswith(LINES[line])
    assert execute([*words, "-o", "t", "--format", "table"]) == 0
    assert "\x1b" not in (folder / "t").read_text()
    assert json.loads(texts["json"])


@pytest.mark.usefixtures("folder")
def test_a_format_has_synonyms(capsys: pytest.CaptureFixture[str]) -> None:
    printed = {}
    for name in ("json", "JSON", "jsonl", "ndjson", "tsv", "plain", "latex", "TeX"):
        assert execute(["diff", "x^2", "--format", name]) == 0
        printed[name] = capsys.readouterr().out
    for name, other in (("JSON", "json"), ("ndjson", "jsonl"), ("tsv", "plain"), ("TeX", "latex")):
        assert printed[name] == printed[other]
    assert len(set(printed.values())) == 4
    assert execute(["map", "x", "--data", "d.csv", "--format", "jsonl"]) == 0
    assert capsys.readouterr().out.startswith('{"x": 1.0, "y": 2.0, "value": 1.0}\n')


OLD = {
    'eval "x" --x 1 -o json': "write --format json; a file of this name is ./json",
    'eval "x" --x 1 -ojson': "write --format json",
    'eval "x" --x 1 -o=csv': "write --format csv",
    'eval "x" --x 1 --output plain': "write --format plain",
    'eval "x" --x 1 -o ndjson': "write --format jsonl",
    'eval "x" --x 1 -o env': "write --format env",
    'check "x" --x 1 -o env': "the formats here are table, plain, json, jsonl, csv",
    'eval "x" --x 1 -o fit.svg': "the name fit.svg tells no format; give --format: table, plain, json, jsonl, csv, env",
    'diff "x^2" -o latex': "write --format latex",
    'diff "x^2" --to latex': "write --format latex",
    'fit "y ~ a*x" --data d.csv -o env': "write --format env",
    'fit "y ~ a*x" --data d.csv --sigma y --sigma-is absolute': "write --absolute",
    "columns d.csv -o csv": "write --format csv",
    "columns d.csv --to csv": "no such option --to; write --format csv",
    "functions gelu --output-format=json": "no such option --output-format; write --format json",
    "functions -o json": "write --format json",
    'graph "x^2" -o svg': "write --format svg",
    'plot "x^2" --x 0:1 -o png': "write --format png",
    'plot "x^2" --x 0:1 --derivative 2': "write --order 2",
    'plot "x^2" --x 0:1 --derivative': "write --order 1",
    'export "x^2" -o js': "write --format javascript",
    'export "x^2" --to c': "write --format c",
    'map "2*x" --data d.csv -o parquet': "write --format parquet",
    'map "p = 2*x; p" --data d.csv --columns p': "write --add p",
    'eval "x" --x 1 --format r.csv': "to write this file, give --output r.csv",
    'eval "x" --x 1 --value --json': "--value prints a bare number: leave out the format json",
    'eval "x" --x 1 --value -o v.json': "--value prints a bare number: leave out the format json",
}


@pytest.mark.parametrize("line", OLD)
def test_an_old_spelling_names_the_new_one(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(shlex.split(line)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert OLD[line] in err
    assert [path.name for path in folder.iterdir()] == ["d.csv"]


def test_an_expression_that_begins_like_an_option_stays_one(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    for text in ("-o*2", "-omega", "-o+0.5"):
        assert execute(["eval", text, "--omega" if "omega" in text else "--o", "3", "--value"]) == 0, text
    assert execute(["eval", "--o", "3", "--value", "--", "-o"]) == 0
    assert capsys.readouterr().out == "-6\n-3\n-2.5\n-3\n"
    assert execute(["eval", "2*x", "--x", "3", "-or.json"]) == 0
    assert json.loads((folder / "r.json").read_text())["value"] == 6


SUFFIXES = {"py": "def f(", "js": "function f(", "mjs": "function f(", "c": "double", "tex": "\\", "sql": "SELECT"}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_language_is_that_of_the_suffix(suffix: str, folder: Path) -> None:
    assert execute(["export", "w*x^2", "-o", f"loss.{suffix}"]) == 0
    assert SUFFIXES[suffix] in (folder / f"loss.{suffix}").read_text()


def test_nothing_is_written_over_what_is_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "e.expr").write_text("mean(x)")
    (folder / "b.json").write_text('{"w": 1}')
    for line in (
        "eval -f e.expr --data d.csv -o e.expr",
        'eval "mean(x)" --data d.csv -o d.csv',
        'eval "w" --bind b.json -o ./b.json',
        "columns d.csv -o d.csv",
        'fit "y ~ a*x" --data d.csv -o d.csv',
        f"{TRAIN} -o h.csv --history h.csv",
    ):
        assert execute(shlex.split(line)) == 2, line
        assert "would write over" in (err := capsys.readouterr().err) or "both name" in err
    assert (folder / "d.csv").read_text() == POINTS


def test_a_failed_command_leaves_the_file_as_it_was(folder: Path) -> None:
    (folder / "r.csv").write_text("precious")
    assert execute(["eval", "a*b", "--a", "1", "--b", "x", "-o", "r.csv"]) == 2
    assert execute(["train", "(w-2)^2", "--w", "0", "--params", "w", "--lr", "-1", "-o", "r.csv"]) == 2
    assert (folder / "r.csv").read_text() == "precious"
    assert execute(["eval", "a", "--a", "1", "-o", "none/r.csv"]) == 5
    assert execute(["train", "(w-2)^2", "--w", "0", "--params", "w", "--epochs", "9" * 9, "-o", "none/r.csv"]) == 5


def test_numbers_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(shlex.split('fit "y ~ a*x" --data d.csv --value -q')) == 0
    rss = float(capsys.readouterr().out)
    assert execute(shlex.split('fit "y ~ a*x" --data d.csv --json -q')) == 0
    assert json.loads(capsys.readouterr().out)["rss"] == rss
    assert execute(shlex.split('fit "y ~ a*x" --data d.csv --param a -o a.txt -q --digits 3')) == 0
    assert (folder / "a.txt").read_text() == "2.02\n"


def test_digits_round_formulas_where_they_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["diff", "x^2*1.23456789", "--digits", "3"]) == 0
    assert execute(["diff", "x^2*1.23456789"]) == 0
    assert capsys.readouterr().out == "2.47*x\n2.46913578*x\n"


def test_standard_output_that_goes_into_the_file_is_no_other_place(folder: Path) -> None:
    """The same file under another name: standard output that goes into it."""
    line = [*COMMAND, "eval", "x", "--x", "1", "-o", "out.csv"]
    with open(folder / "out.csv", "w") as file:
        done = subprocess.run(line, cwd=folder, stdout=file, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "both name out.csv" in done.stderr
