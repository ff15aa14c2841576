"""Training beside a NumPy loop, PyTorch and JAX.

    python -m benchmarks.train [--rows N] [--rounds N] [--write]

The logistic loss of two features over 1,000,000 rows, by all rows and by shuffled batches of 1024, on one thread and on
two; and the notebook's example, whose loop over numbers runs in compiled code. Each peer is a process of its own that
stays; in each round all of them run some epochs in turn. Seconds are medians over the rounds, ratios medians of the
ratios within a round. A peer that is not installed is skipped. `--write` puts the tables into docs/performance.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from statistics import median
from typing import Any

from benchmarks import page
from benchmarks.peers import AbsentError
from exprgrad.observer import Observer

BATCH = 1024
RATE = 0.01
LOSS = "softplus(-y*(w1*x1+w2*x2+b))"
NOTEBOOK = "relu(x1*w1)+gelu(x2*w2)"
START = {"w1": 0.1, "w2": 0.2, "b": 0.3}
PEERS = ("exprgrad", "NumPy", "PyTorch", "JAX", "JAX, a call a batch")
LOOPS = ("exprgrad", "exprgrad, interpreter", "PyTorch", "JAX, a call an epoch", "JAX, its own loop")
_WANTED = 3.0

Epochs = Callable[[int], float]
"""Trains for so many epochs; the seconds that it takes, without what is done once."""


def columns(rows: int) -> dict[str, Any]:
    """The data, float64 [rows] each."""
    numpy = import_module("numpy")
    rng = numpy.random.default_rng(20)
    x1, x2 = rng.normal(size=(2, rows))
    return {"x1": x1, "x2": x2, "y": rng.choice([-1.0, 1.0], rows)}


def timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def ours(data: dict[str, Any], batch: int | None, threads: int) -> Epochs:
    """`exprgrad.train`, data checked and kernels compiled in each run; that is not timed."""
    import exprgrad
    from exprgrad.backends.engine import Engine

    def train(epochs: int, observer: Observer) -> object:
        bindings = {**data, **START}
        settings: dict[str, Any] = {"epochs": epochs, "lr": RATE, "batch_size": batch, "every": epochs}
        return exprgrad.train(LOSS, bindings, engine=Engine("llvm", threads), observer=observer, **settings)

    return between_epochs(train, 3)


class _Clock(Observer):
    """When how many epochs were over."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, float]] = []

    def progress(self, step: int, loss: float) -> None:
        self.seen.append((step, time.perf_counter()))


def between_epochs(train: Callable[[int, Observer], object], least: int) -> Epochs:
    """Seconds by the clock when the first epochs are over and when the last are."""

    def epochs(count: int) -> float:
        clock = _Clock()
        train(max(count, least), clock)
        (first, begin), (last, end) = clock.seen[0], clock.seen[-1]
        return count * (end - begin) / (last - first)

    return epochs


def by_numpy(data: dict[str, Any], batch: int | None, threads: int) -> Epochs:
    """By all rows in blocks that stay in the cache; gradients derived by hand."""
    if threads > 1:
        raise AbsentError("NumPy runs these on one thread")
    np = import_module("numpy")
    x1, x2, y = data.values()
    rows, rng = len(y), np.random.default_rng(1)

    def sums(x1: Any, x2: Any, y: Any, w: Any) -> Any:
        e = np.exp(-y * (w[0] * x1 + w[1] * x2 + w[2]))
        d = -y * e / (1 + e)
        return np.array([d @ x1, d @ x2, d.sum(), np.log1p(e).sum()])

    def full(w: Any) -> Any:
        parts = [sums(x1[k : k + 16384], x2[k : k + 16384], y[k : k + 16384], w) for k in range(0, rows, 16384)]
        return w - RATE * sum(parts)[:3] / rows

    def batches(w: Any) -> Any:
        order, loss = rng.permutation(rows), 0.0
        for k in range(0, rows, BATCH):
            rows_of = order[k : k + BATCH]
            found = sums(x1[rows_of], x2[rows_of], y[rows_of], w)
            w, loss = w - RATE * found[:3] / len(rows_of), loss + found[3]
        return w

    return loop(full if batch is None else batches, lambda: np.array(list(START.values())))


def by_torch(data: dict[str, Any], batch: int | None, threads: int) -> Epochs:
    """Eager, with autograd."""
    torch = import_module("torch")
    torch.set_num_threads(threads)
    x1, x2, y = (torch.from_numpy(column) for column in data.values())

    def step(x1: Any, x2: Any, y: Any, w: Any) -> Any:
        loss = torch.nn.functional.softplus(-y * (w[0] * x1 + w[1] * x2 + w[2])).mean()
        (slope,) = torch.autograd.grad(loss, [w])
        return (w - RATE * slope).detach().requires_grad_()

    def batches(w: Any) -> Any:
        order = torch.randperm(len(y))
        for rows_of in order.split(BATCH):
            w = step(x1[rows_of], x2[rows_of], y[rows_of], w)
        return w

    def start() -> Any:
        return torch.tensor(list(START.values()), dtype=torch.float64, requires_grad=True)

    return loop((lambda w: step(x1, x2, y, w)) if batch is None else batches, start)


def by_jax(data: dict[str, Any], batch: int | None, threads: int, *, calls: bool = False) -> Epochs:
    """Jitted: an epoch is one call (over batches a scan), or with `calls` each batch is one."""
    if calls and batch is None:
        raise AbsentError("for batches only")
    jax = bound_jax(threads)
    np = jax.numpy
    x1, x2, y = (np.asarray(column) for column in data.values())
    rows = len(y) // BATCH * BATCH

    def loss(w: Any, x1: Any, x2: Any, y: Any) -> Any:
        return jax.nn.softplus(-y * (w[0] * x1 + w[1] * x2 + w[2])).mean()

    def step(w: Any, x1: Any, x2: Any, y: Any) -> Any:
        return w - RATE * jax.grad(loss)(w, x1, x2, y)

    one = jax.jit(step)

    def order_of(key: Any) -> Any:
        return jax.random.permutation(key, len(y))[:rows].reshape(-1, BATCH)

    def scan(w: Any, order: Any) -> Any:
        return jax.lax.scan(lambda w, k: (step(w, x1[k], x2[k], y[k]), None), w, order)[0]

    shuffled, scanned = jax.jit(order_of), jax.jit(scan)
    gathered = jax.jit(lambda w, k: step(w, x1[k], x2[k], y[k]))
    keys = iter(jax.random.split(jax.random.key(0), 100_000))

    def batches(w: Any) -> Any:
        order = shuffled(next(keys))
        if not calls:
            return scanned(w, order).block_until_ready()
        for rows_of in order:
            w = gathered(w, rows_of)
        return w.block_until_ready()

    def start() -> Any:
        return np.asarray(list(START.values()))

    return loop((lambda w: one(w, x1, x2, y).block_until_ready()) if batch is None else batches, start)


def bound_jax(threads: int) -> Any:
    """JAX in double precision, on as many CPUs as threads: it has no number of threads that it keeps to."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    return jax


def loop(step: Callable[[Any], Any], start: Callable[[], Any]) -> Epochs:
    """Epochs of a step, after one that warms up."""
    step(start())

    def epochs(count: int) -> float:
        w, begin = start(), time.perf_counter()
        for _ in range(count):
            w = step(w)
        return time.perf_counter() - begin

    return epochs


def notebook(peer: str) -> Epochs:
    """Epochs of the notebook's example."""
    if peer.startswith("exprgrad"):
        import exprgrad
        from exprgrad.backends.engine import Engine

        engine = Engine("interpreter" if "interpreter" in peer else "llvm")
        bindings = {"x1": 8.0, "x2": 5.0, "w1": 3.0, "w2": 1.0}

        def train(epochs: int, observer: Observer) -> object:
            settings: dict[str, Any] = {"epochs": epochs, "lr": RATE, "every": epochs}
            return exprgrad.train(NOTEBOOK, bindings, ["w1", "w2"], engine=engine, observer=observer, **settings)

        return between_epochs(train, 100 if "interpreter" in peer else 1_000_000)
    if peer == "PyTorch":
        torch = import_module("torch")
        torch.set_num_threads(1)

        def eager(w: Any) -> Any:
            value = torch.relu(8.0 * w[0]) + torch.nn.functional.gelu(5.0 * w[1], approximate="tanh")
            (slope,) = torch.autograd.grad(value, [w])
            return (w - RATE * slope).detach().requires_grad_()

        return loop(eager, lambda: torch.tensor([3.0, 1.0], dtype=torch.float64, requires_grad=True))
    jax = bound_jax(1)

    def value(w: Any) -> Any:
        return jax.nn.relu(8.0 * w[0]) + jax.nn.gelu(5.0 * w[1], approximate=True)

    def step(w: Any) -> Any:
        return w - RATE * jax.grad(value)(w)

    one, first = jax.jit(step), jax.numpy.asarray([3.0, 1.0])
    if peer == "JAX, a call an epoch":
        return loop(lambda w: one(w).block_until_ready(), lambda: first)
    fused = jax.jit(lambda w, epochs: jax.lax.fori_loop(0, epochs, lambda _, w: step(w), w))
    fused(first, 10).block_until_ready()
    return lambda epochs: timed(lambda: fused(first, epochs).block_until_ready())


def serve(peer: str, task: str, threads: int, rows: int) -> None:
    """A process that answers a line with a number of epochs by the seconds they take."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        if task == "notebook":
            epochs = notebook(peer)
        else:
            batch, data = (BATCH if task == "batches" else None), columns(rows)
            makers: dict[str, Callable[[], Epochs]] = {
                "exprgrad": lambda: ours(data, batch, threads),
                "NumPy": lambda: by_numpy(data, batch, threads),
                "PyTorch": lambda: by_torch(data, batch, threads),
                "JAX": lambda: by_jax(data, batch, threads),
                "JAX, a call a batch": lambda: by_jax(data, batch, threads, calls=True),
            }
            epochs = makers[peer]()
        print(json.dumps({}), file=answers, flush=True)
    except (ModuleNotFoundError, AbsentError) as absent:
        print(json.dumps({"absent": str(absent)}), file=answers, flush=True)
        return
    for line in sys.stdin:
        print(json.dumps(epochs(int(line))), file=answers, flush=True)


@contextmanager
def served(peer: str, task: str, threads: int, rows: int) -> Iterator[Epochs | None]:
    """The peer in a process, or None if it is absent."""
    arguments = [sys.executable, "-m", "benchmarks.train", "--serve", peer, task, str(threads), str(rows)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    with subprocess.Popen(arguments, **pipes) as process:
        assert process.stdin
        assert process.stdout
        said = json.loads(process.stdout.readline() or '{"absent": "it failed"}')
        if "absent" in said:
            print(f"{peer}, {task}, {threads} threads: {said['absent']}", file=sys.stderr)
            yield None
        else:

            def epochs(count: int) -> float:
                assert process.stdin
                assert process.stdout
                process.stdin.write(f"{count}\n")
                process.stdin.flush()
                return float(json.loads(process.stdout.readline()))

            yield epochs
        process.stdin.close()


def compare(peers: tuple[str, ...], task: str, threads: int, rows: int, rounds: int) -> dict[str, list[float]]:
    """Seconds an epoch of each peer, by round."""
    from contextlib import ExitStack

    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        running = {peer: stack.enter_context(served(peer, task, threads, rows)) for peer in peers}
        counts: dict[str, int] = {}
        for peer, epochs in running.items():
            if epochs is not None:
                counts[peer] = max(2, min(int(0.4 / max(epochs(2) / 2, 1e-8)), 1_000_000))
        for _ in range(rounds):
            for peer, count in counts.items():
                epochs = running[peer]
                assert epochs is not None
                found.setdefault(peer, []).append(epochs(count) / count)
    return found


def table(task: str, found: dict[str, list[float]], threads: int) -> tuple[list[list[str]], list[str]]:
    """Rows of a table, and what is to hold."""
    rows, verdicts = [], []
    base = found["exprgrad"]
    for peer, seconds in found.items():
        ratio = median(x / y for x, y in zip(seconds, base, strict=True))
        unit = [f"{1e6 * median(seconds):.3f}"] if task == "notebook" else [f"{1 / median(seconds):,.1f}"]
        rows.append([peer, *([] if task == "notebook" else [str(threads)]), *unit, f"{ratio:.2f}"])
        if task != "notebook" and peer != "exprgrad":
            held = "yes" if ratio >= _WANTED else "NO"
            verdicts.append(f"- {peer} over ours, {threads} thread(s): {ratio:.2f}, at least {_WANTED:g}: {held}")
    return rows, verdicts


def main() -> None:
    """Print the tables, and write them if asked."""
    if sys.argv[1:2] == ["--serve"]:
        peer, task, threads, size = sys.argv[2:]
        serve(peer, task, int(threads), int(size))
        return
    parser = ArgumentParser(prog="python -m benchmarks.train")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    options = parser.parse_args()
    lines = [f"{options.rounds} rounds; {page.machine()}.", ""]
    for task, title in (("full", "all rows"), ("batches", f"shuffled batches of {BATCH} rows")):
        rows: list[list[str]] = []
        verdicts: list[str] = []
        for count in (1, 2):
            found = compare(PEERS, task, count, options.rows, options.rounds)
            more, said = table(task, found, count)
            rows += more
            verdicts += said
        heading = f"### The logistic loss on {options.rows:,} rows: {title}"
        lines += [heading, "", *page.markdown(["", "threads", "epochs a second", "ratio"], rows), "", *verdicts, ""]
    found = compare(LOOPS, "notebook", 1, 0, options.rounds)
    rows, _ = table("notebook", found, 1)
    each = 1e6 * median(found["exprgrad"])
    lines += ["### The notebook's example", "", *page.markdown(["", "µs an epoch", "ratio"], rows), ""]
    lines += [f"- ours: {each:.3f} µs an epoch, at most 0.1: {'yes' if each <= 0.1 else 'NO'}"]
    print(*lines, sep="\n")
    if options.write:
        page.write("train", lines)


if __name__ == "__main__":
    main()
