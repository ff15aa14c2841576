"""Files of columns: `eval --data` and `map` beside pyarrow alone.

    python -m benchmarks.columns [--rows N] [--rounds N] [--write]

Makes a CSV file and a Parquet file of four columns in a temporary folder, and the same numbers in columns between runs
of blanks, and with decimal commas between semicolons. Times whole processes in turn: the command, and a Python that
only reads the three columns needed with pyarrow (for `map`: reads and writes the whole file), from the plain CSV file
where ours is in another dialect. Seconds are medians over the rounds, the ratio is the median within a round; memory is
the peak of the process. Both run from bytecode, as what is installed does, also where PYTHONDONTWRITEBYTECODE is set
and a checkout is compiled at each start: an untimed round writes it. `--write` puts the table into docs/performance.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain
from pathlib import Path
from statistics import median

from benchmarks import page

LOSS = "softplus(-y*(w1*x1+w2*x2+b))"
NUMBERS = "--w1 .1 --w2 .2 --b .3".split()
NAMES = ("x1", "x2", "y")

_READ_CSV = f"""
import sys, pyarrow
from pyarrow import csv
types = dict.fromkeys({NAMES}, pyarrow.float64())
csv.read_csv(sys.argv[1], convert_options=csv.ConvertOptions(include_columns=list(types), column_types=types))
"""
_READ_PARQUET = f"""
import sys
from pyarrow import parquet
parquet.read_table(sys.argv[1], columns={list(NAMES)})
"""
_COPY_CSV = """
import sys
from pyarrow import csv
csv.write_csv(csv.read_csv(sys.argv[1]), sys.argv[2])
"""


@dataclass
class Command:
    """A process to time; seconds by round, and the largest peak of its memory in MB."""

    arguments: list[str]
    environment: dict[str, str]
    seconds: list[float] = field(default_factory=list)
    peak: float = 0.0

    def run(self) -> None:
        """One round. Ends the benchmark if the command fails."""
        start = time.perf_counter()
        process = subprocess.Popen(self.arguments, stdout=subprocess.DEVNULL, env=self.environment)
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds.append(time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"exit {process.returncode}: {' '.join(self.arguments)}")
        self.peak = max(self.peak, usage.ru_maxrss / 1024)


def make(folder: Path, rows: int) -> None:
    """The files, with the same numbers."""
    numpy, pyarrow = import_module("numpy"), import_module("pyarrow")
    csv, parquet = import_module("pyarrow.csv"), import_module("pyarrow.parquet")
    rng = numpy.random.default_rng(20)
    x1, x2, extra = rng.normal(size=(3, rows))
    table = pyarrow.table({"x1": x1, "x2": x2, "y": rng.choice([-1.0, 1.0], rows), "extra": extra})
    csv.write_csv(table, folder / "data.csv")
    parquet.write_table(table, folder / "data.parquet")
    with open(folder / "data.csv", "rb") as plain, open(folder / "data.dat", "wb") as blanks:
        blanks.writelines(b"  " + line.replace(b",", b"  ") for line in plain)
    with open(folder / "data.csv", "rb") as plain, open(folder / "commas.csv", "wb") as commas:
        commas.writelines(line.replace(b",", b";").replace(b".", b",") for line in plain)


def pairs(folder: Path) -> dict[str, tuple[Command, Command]]:
    """For each row of the table, our command and pyarrow's process."""
    exprgrad = str(Path(sys.executable).with_name("exprgrad"))
    table, parquet, out = (str(folder / name) for name in ("data.csv", "data.parquet", "out.csv"))
    blanks, commas = (str(folder / name) for name in ("data.dat", "commas.csv"))
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def ours(*arguments: str) -> Command:
        return Command([exprgrad, *arguments, *NUMBERS], environment)

    def theirs(program: str, *arguments: str) -> Command:
        return Command([sys.executable, "-c", program, *arguments], environment)

    possible: dict[str, Callable[[], tuple[Command, Command]]] = {
        "eval, CSV": lambda: (ours("eval", f"mean({LOSS})", "--data", table), theirs(_READ_CSV, table)),
        "eval, blanks": lambda: (ours("eval", f"mean({LOSS})", "--data", blanks), theirs(_READ_CSV, table)),
        "eval, decimal commas": lambda: (ours("eval", f"mean({LOSS})", "--data", commas), theirs(_READ_CSV, table)),
        "eval, Parquet": lambda: (ours("eval", f"mean({LOSS})", "--data", parquet), theirs(_READ_PARQUET, parquet)),
        "map, CSV to CSV": lambda: (
            ours("map", LOSS, "--data", table, "--wrt", "x1,w1", "-o", out),
            theirs(_COPY_CSV, table, out),
        ),
    }
    found = {}
    for name, make_pair in possible.items():
        verb = name.split(",")[0]
        if _offers_data(exprgrad, verb):
            found[name] = make_pair()
        else:
            print(f"exprgrad {verb} --data is absent: skipped")
    return found


def _offers_data(exprgrad: str, verb: str) -> bool:
    done = subprocess.run([exprgrad, verb, "--help"], capture_output=True, text=True)
    return done.returncode == 0 and "--data" in done.stdout


def main() -> None:
    """Print the table, and write it if asked."""
    parser = ArgumentParser(prog="python -m benchmarks.columns")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, options.rows)
        sizes = [
            f"{suffix} {(folder / f'data.{suffix}').stat().st_size / 1e6:.0f} MB"
            for suffix in ("csv", "dat", "parquet")
        ]
        compared = pairs(folder)
        for _ in range(1 + options.rounds):
            for commands in compared.values():
                for command in commands:
                    command.run()
        for command in chain(*compared.values()):
            del command.seconds[0]
    rows = []
    for name, (ours, theirs) in compared.items():
        ratio = median(x / y for x, y in zip(ours.seconds, theirs.seconds, strict=True))
        seconds = [f"{median(command.seconds):.2f}" for command in (ours, theirs)]
        peaks = [f"{command.peak:.0f}" for command in (ours, theirs)]
        rows.append([name, *seconds, f"{ratio:.2f}", *peaks])
    header = ["", "exprgrad, s", "pyarrow alone, s", "ratio", "exprgrad, peak MB", "pyarrow, peak MB"]
    measured = f"{options.rows:,} rows ({', '.join(sizes)}), {options.rounds} rounds; {page.machine()}"
    lines = [f"{measured}, pyarrow {import_module('pyarrow').__version__}.", "", *page.markdown(header, rows)]
    print(*lines, sep="\n")
    if options.write:
        page.write("columns", lines)


if __name__ == "__main__":
    main()
