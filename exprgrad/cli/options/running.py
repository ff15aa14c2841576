"""How a command computes, where several have the same choice: what is random, and on how many threads."""

from __future__ import annotations

from exprgrad.cli.options.option import COMPUTE, DATA, Whole, row

SEED = row("--seed", heading=COMPUTE, type=Whole(), default=0, help="Of what is random: starts, minibatches, trials.")
THREADS = row("--threads", heading=DATA, type=Whole(1, 1024), otherwise="all", help="Threads for columns and trials.")
