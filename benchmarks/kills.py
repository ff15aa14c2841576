"""Training that is killed again and again, and resumed.

    python -m benchmarks.kills [--kills 200] [--seed N] [--write]

Each run checkpoints every epoch, is killed (SIGKILL) after a random time, and resumed, until it comes to its end. After
each kill the checkpoint has to be whole, after the end the bits have to be those of a run without a break.
Exits 1 if either fails. `--write` puts the result into docs/performance.md.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import NamedTuple

from benchmarks import page

_SETTINGS = "--optimizer adam --lr 0.05 --schedule cosine --warmup 3 --patience 100000 --every 1000000".split()


class Run(NamedTuple):
    """A command to be killed."""

    name: str
    arguments: list[str]


class Count(NamedTuple):
    """What happened."""

    kills: int
    after_a_checkpoint: int
    """Kills that met a run that had saved something."""
    ends: int
    """Runs that came to their end, with the right bits."""


def runs(folder: Path) -> list[Run]:
    """A run over numbers, and one over batches of data."""
    draw = random.Random(5)
    rows = [f"{x},{2 * x + draw.gauss(0, 1)}" for x in (draw.gauss(0, 1) for _ in range(2000))]
    (folder / "data.csv").write_text("\n".join(["x,y", *rows, ""]), "utf-8")
    numbers = ["(w-2)^2 + (w*v-1)^2", *"--w 0 --v 0.1 --params w,v --epochs 300 --backend interpreter".split()]
    batches = ["(w*x+b-y)^2", "--data", str(folder / "data.csv"), *"--w 0 --b 0 --epochs 150 --batch-size 64".split()]
    return [Run("numbers", [*numbers, *_SETTINGS]), Run("batches", [*batches, *_SETTINGS])]


def kill(run: Run, kills: int, seed: int, folder: Path) -> Count:
    """Kill and resume until there were so many kills and the last run has ended. Raises AssertionError."""
    draw = random.Random(seed)
    command = [sys.executable, "-c", "from exprgrad.cli import main; main()", "train", *run.arguments]
    start = time.perf_counter()
    expected = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lasts = time.perf_counter() - start
    checkpoint = folder / f"{run.name}.json"
    resumed = [*command, "--checkpoint", str(checkpoint), "--checkpoint-every", "1", "--resume"]
    done = saved = ends = 0
    while done < kills or ends == 0:
        process = subprocess.Popen(resumed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            output, messages = process.communicate(
                timeout=draw.uniform(0.3 * lasts, 1.5 * lasts) if done < kills else None
            )
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            done += 1
            saved += whole(checkpoint)
            continue
        assert process.returncode == 0, messages
        assert output.splitlines()[-1] == expected.splitlines()[-1], f"{output} is not {expected}"
        assert whole(checkpoint)
        ends += 1
        for file in folder.glob(f"*{run.name}.json*"):
            file.unlink()
    return Count(done, saved, ends)


def whole(checkpoint: Path) -> bool:
    """Whether there is a checkpoint; raises DataError if it is damaged."""
    from exprgrad.data.checkpoints.document import read
    from exprgrad.jobs.train.saved.checkpoints import FORM

    try:
        read(str(checkpoint), FORM)
    except FileNotFoundError:
        assert not Path(f"{checkpoint}.previous").exists(), "a checkpoint was lost"
        return False
    return True


def main() -> None:
    """Print what happened, and write it if asked."""
    parser = ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write the result into docs/performance.md")
    options = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        both = runs(folder)
        for k, run in enumerate(both):
            kills = options.kills // len(both) + (k < options.kills % len(both))
            count = kill(run, kills, options.seed + k, folder)
            lines.append(
                f"- {run.name}: {count.kills} kills, {count.after_a_checkpoint} of them after a checkpoint;"
                f" no checkpoint lost or damaged; {count.ends} runs ended with the bits of the unbroken run"
            )
            print(lines[-1], flush=True)
    if options.write:
        page.write("kills", lines)


if __name__ == "__main__":
    main()
