"""What people type who know another program: each line is told what to type instead."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from exprgrad.cli.process import execute

UNCERTAIN = "one number, a list or a range: ± and an uncertainty are not part of a value"
RANGE = "a range is written FIRST:LAST, or FIRST:LAST:STEP"
TRAIN = 'train "(w-2)^2" --w 0 --params w'

ROWS = [
    # arguments
    ('eval "a*b" a=3', "got unexpected extra argument (a=3); write --a 3"),
    ('eval "a*b" a=3 b=4', "got unexpected extra arguments (a=3 b=4); write --a 3 --b 4"),
    ('eval a=3 "a*b"', "got unexpected extra argument (a*b); write --a 3"),
    ('eval "a*b" a==3', "got unexpected extra argument (a==3); write --a 3"),
    ('eval "a*b" a 3', "got unexpected extra arguments (a 3); write --a 3"),
    ('eval "a*b" -a 3', "got unexpected extra arguments (-a 3); write --a 3"),
    ('eval -a 3 "a*b"', "got unexpected extra arguments (3 a*b); write --a 3"),
    ('eval "a*b" -a=3', "got unexpected extra argument (-a=3); write --a 3"),
    ('eval "a*b" -a3', "got unexpected extra argument (-a3); write --a 3"),
    ('eval "a*b" –a 3', "got unexpected extra arguments (–a 3); write --a 3"),
    ('eval "a*b" -A 3', "got unexpected extra arguments (-A 3); did you mean --a?"),
    ('eval "a*b" --a 3 4', "got unexpected extra argument (4); write --NAME 4 with the name of a variable"),
    ('eval "value*2" 3', "--value is an option of this command: bind the variable with -s value=VALUE"),
    ("eval a + b --a 3", 'got unexpected extra arguments (+ b); quote the expression: "a + b"'),
    ('diff "x^2*y" x', "got unexpected extra argument (x); write --wrt x"),
    ('plot "x^2" 0:10', "got unexpected extra argument (0:10); write --x 0:10"),
    ('plot "x^2" 0..10', "got unexpected extra argument (0..10); write --x 0:10"),
    ('fit "y ~ a*t + b" decay.csv', "got unexpected extra argument (decay.csv); write --data decay.csv"),
    ('fit decay.csv "y ~ a*t + b"', "got unexpected extra argument (y ~ a*t + b); write --data decay.csv"),
    ('fit "y ~ a*t + b" -d decay.csv', "got unexpected extra arguments (-d decay.csv); write --data decay.csv"),
    ('eval "mean(x)" points.parquet', "got unexpected extra argument (points.parquet); write --data points.parquet"),
    ('graph "x^2" out.svg', "got unexpected extra argument (out.svg); write --output out.svg"),
    ("eval decay.csv", "decay.csv is a file of data, not an expression; write --data decay.csv"),
    ("eval p.expr", "p.expr is a file, not an expression; to read the expression from it, write -f p.expr"),
    # values
    ('eval "x^2" --x -1..1', f"{RANGE}; write --x -1:1"),
    ('eval "x^2" --x 0..10', f"{RANGE}; write --x 0:10"),
    ('eval "x^2" --x 0...10', f"{RANGE}; write --x 0:10"),
    ('eval "x^2" --x 0.5..1.5', f"{RANGE}; write --x 0.5:1.5"),
    ('eval "x^2" --x 0..1..0.1', f"{RANGE}; write --x 0:1:0.1"),
    ('eval "x^2" --x -pi..pi', f"{RANGE}; write --x -pi:pi"),
    ('eval "x^2" --x "0 to 10"', f"{RANGE}; write --x 0:10"),
    ('eval "x^2" --x "linspace(0,1,5)"', f"{RANGE}; as --x 0:1:0.1"),
    ('eval "x^2" --x 1:', f"{RANGE}; as --x 0:1"),
    ('plot "x^2" --x 0..10', f"{RANGE}; write --x 0:10"),
    (
        'eval "L^2" --L 1.000+-0.002',
        f"--L is {UNCERTAIN}; write --L 1.000; exprgrad uncertainty takes uncertain values",
    ),
    (
        'eval "L^2" --L "1.000 +- 0.002"',
        f"--L is {UNCERTAIN}; write --L 1.000; exprgrad uncertainty takes uncertain values",
    ),
    ('eval "L^2" --L 1.0±0.1', f"--L is {UNCERTAIN}; write --L 1.0; exprgrad uncertainty takes uncertain values"),
    ('eval "L^2" --L "1.0 +/- 10%"', f"--L is {UNCERTAIN}; write --L 1.0; exprgrad uncertainty takes uncertain values"),
    ('eval "T^2" --T "2.006(5)"', f"--T is {UNCERTAIN}; write --T 2.006; exprgrad uncertainty takes uncertain values"),
    (
        'eval "T^2" --T "2.006(5)e-3"',
        f"--T is {UNCERTAIN}; write --T 2.006e-3; exprgrad uncertainty takes uncertain values",
    ),
    ('eval "T^2" -s T=1±2', f"-s T is {UNCERTAIN}; write -s T=1; exprgrad uncertainty takes uncertain values"),
    (
        'eval "mean(L)" --L 1+-0.1,2+-0.1',
        f"--L is {UNCERTAIN}; write --L 1; exprgrad uncertainty takes uncertain values",
    ),
    ('eval "x^2" --x "1;2;3"', "a list has commas; write --x 1,2,3"),
    ('eval "x^2" --x "1 2 3"', "a list has commas; write --x 1,2,3"),
    ('eval "x^2" --x "1, 2; 3"', "a list has commas; write --x 1,2,3"),
    ('eval "x^2" --x "[1, 2, 3]"', "a list has no brackets; write --x 1,2,3"),
    ('eval "x^2" --x "(1,2)"', "a list has no brackets; write --x 1,2"),
    ('eval "x^2" --x 1,,3', "a number is missing in the list; as --x 1,2,3"),
    ('eval "x^2" --x "1 000"', "thousands are not set apart; write --x 1000"),
    ('eval "x^2" --x 5kg', "a value has no unit; write --x 5"),
    ('eval "x^2" --x 5k', "a value has no unit; write --x 5e3"),
    ('eval "x^2" --x true', "--x takes a number, not 'true'; write --x 1"),
    ('eval "x^2" --x decay.csv', "columns come from a file by --data; write --data decay.csv"),
    ('diff "x^2" --x 1,5', "x takes one number here, not a column of 2; the decimal sign is a point: --x 1.5"),
    ('explain "x^2" --x 1,5', "x is a column of 2; the decimal sign is a point: --x 1.5"),
    (f"{TRAIN} --lr 0,1", "the decimal sign is a point; write --lr 0.1"),
    (f"{TRAIN} --epochs 1e3", "--epochs takes a whole number from 0 on, not '1e3'; write 1000"),
    (f"{TRAIN} --epochs 1,000", "--epochs takes a whole number from 0 on, not '1,000'; write 1000"),
    (f"{TRAIN} --epochs 1.5", "--epochs takes a whole number from 0 on, not '1.5'"),
    # options
    (f"{TRAIN} --learning-rate 0.1", "no such option --learning-rate; write --lr 0.1"),
    (f"{TRAIN} --learning_rate 0.1", "no such option --learning_rate; write --lr 0.1"),
    (f"{TRAIN} --iterations 100", "no such option --iterations; write --epochs 100"),
    (f"{TRAIN} --batch_size 10", "no such option --batch_size; write --batch-size 10"),
    (f"{TRAIN} --optimiser adam", "no such option --optimiser; write --optimizer adam"),
    (f"{TRAIN} --adam", "no such option --adam; write --optimizer adam"),
    ('fit "y ~ a*t" --input decay.csv', "no such option --input; write --data decay.csv"),
    ('fit "y ~ a*t" --iters 10', "no such option --iters; write --max-iterations 10"),
    ('diff "x^2*y" --by x', "no such option --by; write --wrt x"),
    ('eval "x^2" --with x=3', "no such option --with; write -s x=3"),
    ('eval "x^2" --x:3', "no such option --x:3; write --x 3"),
    ('eval "x^2" --X 3', "no such option --X; did you mean --x?"),
    ('plot "x^2" --range 0:1', "no such option --range; write --NAME FIRST:LAST with the name of a variable"),
    ('fit "y ~ a*t" --p0 1', "no such option --p0; write --NAME VALUE for each parameter"),
    ('check "x^2" --derivative "2*x" --x 1', "no such option --derivative; write --against '2*x'"),
    ('check "x^2" --gradient "2x + 1" --x 1', "no such option --gradient; write --against '2x + 1'"),
    ('plot "x^2" --x 0 10', "got unexpected extra argument (10); write --x 0:10"),
    ('plot "a*x^2" --x -1 2.5 --a 3,4', "got unexpected extra argument (2.5); write --x -1:2.5"),
    ('plot "x^2" --x [0:10]', "a range has no brackets; write --x 0:10"),
    ('eval "mean(x)" --x [0:10:2]', "a range has no brackets; write --x 0:10:2"),
    ('plot "x^2*s" --x 0:1 --s 1,2', "or give one number: curves for several values are drawn one at a time"),
    ('eval "x" --x 2 --json out.json', "got unexpected extra argument (out.json); write -o out.json"),
    ('eval "x" --x 2 --csv out.csv', "no such option --csv; write -o out.csv"),
    ("fit '\"Spannung [V]\" ~ a*t' --data d.csv", "a column with this header is called Spannung_V"),
    ("fit 'y ~ a*`Zeit (s)` + b' --data d.csv", "a column with this header is called Zeit_s"),
    ("eval '\"a*b\"' --a 3 --b 4", "quotes are not part of the language; write a*b"),
    # constants, and names like those of constants and functions
    ('diff "e^x" --wrt e', "e is a constant of the language: give the variable another name"),
    ('eval "e^x" --x 1 --gradient e', "e is a constant of the language: give the variable another name"),
    ('train "e^x" --x 1 --params e', "e is the constant 2.71828 here; --e 1 makes it a parameter (any start)"),
    ('eval "y = x^2; dy/dx" --x 2 --value', "no value for dy, dx; give --dy VALUE; a derivative is written diff(y, x)"),
    ('eval "PI*x" --x 2 --value', "no value for PI; give --PI VALUE; the constant is written pi"),
    ('eval "sin -x" --x 2 --value', "no value for sin; give --sin VALUE; a call is written sin(x)"),
    # commands
    ('"a*b" --a 3', "no such command 'a*b'; a command stands first: exprgrad eval \"a*b\""),
    ("decay.csv", "no such command 'decay.csv'; a command stands first: exprgrad fit or eval … --data decay.csv"),
    ('integrate "x^2"', "no such command 'integrate'; there is no integration; eval has mean and sum over a range"),
    ('simplify "x+x"', "diff simplifies derivatives, and eval an expression with free variables"),
    ('grad "x^2"', "no such command 'grad'; diff gives formulas, and eval numbers"),
    ("evla x", "no such command 'evla'; did you mean eval?"),
]
"""The line, and a part of the first line of its error."""


@pytest.mark.parametrize(("line", "message"), ROWS, ids=[line for line, _ in ROWS])
def test_what_to_type_instead(
    line: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.expr").write_text("x^2")
    assert execute(shlex.split(line)) == 2
    out, err = capsys.readouterr()
    assert not out
    assert message in err.splitlines()[0]


FORMATS = [
    ('export "a*x" {} c', ["--format", "-f", "--language", "--to"]),
    ('diff "x^2" {} latex', ["--to", "--format", "-f"]),
    ('eval "x^2" --x 1 {} csv', ["--format", "--to"]),
]


@pytest.mark.parametrize(("line", "option"), [(line, option) for line, options in FORMATS for option in options])
def test_the_option_of_a_format_is_named(line: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a command calls it, what is to be typed works."""
    if execute(shlex.split(line.format(option))) == 0:
        return
    instead = capsys.readouterr().err.splitlines()[0].rpartition("; write ")[2]
    assert execute([*shlex.split(line.partition(" {}")[0]), *instead.split()]) == 0


def test_what_is_a_value_stays_one(capsys: pytest.CaptureFixture[str]) -> None:
    for value in ["1+2", "1-2", "2*(1+-2)", "-2e-3", "pi/2", "1,2,", "0:1:0.5", "-1:1", "1_000", "cos(0)", ".5"]:
        assert execute(["eval", "x^2", "--x", value, "--quiet"]) == 0, value


def test_glob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name in "pq":
        Path(name).write_text("")
    assert execute(["eval", "a", "p", "q", "b"]) == 2
    assert "quote the expression: the shell has replaced its * by the names of files" in capsys.readouterr().err
