"""Workers that are lost, all at once or with their scheduler, and commands that are stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest

from exprgrad.cluster import connection, local
from exprgrad.cluster.connect import connected
from exprgrad.cluster.settings import Settings
from exprgrad.data.checkpoints.document import read
from exprgrad.errors import ClusterError
from exprgrad.jobs.train.saved.checkpoints import FORM
from tests.cluster.machines import Cluster, processes
from tests.command import exprgrad

LINE = ["train", "(w*x + b - y)^2", "--w", "0", "--b", "0", "--lr", "0.01", "--epochs", "200", "--every", "1000"]


def without_notes(messages: str) -> list[str]:
    return [line for line in messages.splitlines() if line and not line.startswith("exprgrad: note: ")]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    """Files of unequal size."""
    for k in range(3):
        (tmp_path / f"{k}.csv").write_text("x,y\n" + "".join(f"{n % 7},{n % 5}\n" for n in range(1 + 3000 * k)))
    return ["--data", f"{tmp_path}/?.csv"]


@contextmanager
def running(*options: str, patience: int = 30, **wishes: Any) -> Iterator[subprocess.Popen[str]]:
    """The real command, but for its patience."""
    program = f"from exprgrad.cluster import connection; connection.PATIENCE = {patience}"
    program += "; from exprgrad.cli import main; main()"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program, *options], **pipes, **wishes) as process:
        try:
            yield process
        finally:
            process.kill()


def until(happened: Callable[[], Any]) -> None:
    """Wait."""
    end = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def trained(file: Path) -> bool:
    """Whether a run has made an update and saved it."""
    return file.exists() and read(str(file), FORM)["state"]["epoch"] > 0


def children(process: int) -> list[psutil.Process]:
    """The workers that a process has started."""
    found = []
    for child in psutil.Process(process).children():
        with suppress(psutil.Error):  # it has ended
            found += [child] if "spawn_main" in " ".join(child.cmdline()) else []
    return found


def test_workers_that_are_killed_at_once_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 120)
    with connected(Settings("local:2"), lambda note: None) as found:
        slots = found.slots()
        for pid in processes(found):
            os.kill(pid, signal.SIGKILL)
        until(lambda: not found.client.nthreads())
        assert found.results([found.submit(abs, -1, worker=worker) for worker in slots]) == [1, 1]


def test_a_worker_that_dies_as_it_starts_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "PATIENCE", 300)
    victims: list[psutil.Process] = []

    def kill() -> None:
        until(lambda: children(os.getpid()))
        victims.extend(children(os.getpid()))
        victims[0].kill()

    killer = Thread(target=kill)
    killer.start()
    with connected(Settings("local:2"), lambda note: None) as found:
        killer.join()
        until(lambda: len(processes(found)) == 2)  # it may die just when it is there
        assert victims[0].pid not in processes(found)
        # Its workers' connections, too, do not suffer from the end of others.
        assert set(found.client.run(_sockets).values()) == {"exprgrad.data.stores.tls.Socket"}


def _sockets() -> str:
    import ssl

    return f"{ssl.SSLContext.sslsocket_class.__module__}.{ssl.SSLContext.sslsocket_class.__name__}"


@pytest.mark.parametrize("lost", ["workers", "scheduler"])
def test_a_run_that_lost_its_cluster_goes_on_anywhere(
    lost: str, cluster: Cluster, data: list[str], tmp_path: Path
) -> None:
    whole = exprgrad(*LINE, *data)
    checkpoint = tmp_path / "run.json"
    line = [*LINE, *data, "--checkpoint", str(checkpoint), "--checkpoint-every", "1"]
    workers = [cluster.worker() for _ in range(2)]
    with connected(cluster.settings, lambda note: None) as found:
        found.client.wait_for_workers(2, timeout=120)
    with running(*line, *cluster.options(), patience=5) as process:
        until(lambda: trained(checkpoint))
        for machine in workers if lost == "workers" else [cluster.scheduler]:
            machine.kill()
        output, messages = process.communicate(timeout=60)
    assert (process.returncode, output.count("\n")) == (6, 1)  # the row of the first epoch
    *_, stopped, error = messages.splitlines()
    assert stopped.startswith("exprgrad: stopped by its cluster; to go on: exprgrad train '(w*x + b - y)^2'")
    said = "has done nothing for 5 s: are its workers gone?" if lost == "workers" else "is gone"
    assert error.startswith(f"exprgrad: the {'cluster' if lost == 'workers' else 'scheduler'} at tls://127.0.0.1:")
    assert error.endswith(said)
    assert 0 < read(str(checkpoint), FORM)["state"]["epoch"] < 200
    again = exprgrad(*line, "--resume", *(["--cluster", "local:1"] if lost == "workers" else []))
    assert (again.returncode, without_notes(again.stderr)) == (0, [])
    assert again.stdout.splitlines()[-1] == whole.stdout.splitlines()[-1]


def test_a_worker_without_memory_is_named(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.worker("--memory-limit", "0")
    with connected(cluster.settings, lambda note: None) as found:
        monkeypatch.setattr(connection, "PATIENCE", 2)
        (paused,) = found.slots()
        found.client.run(_pause)
        with pytest.raises(ClusterError, match=f"the worker {paused} ran out of memory; give more workers"):
            found.results([found.submit(abs, -1)])


def _pause(dask_worker: Any) -> None:
    """As a worker does at four fifths of its memory."""
    from distributed import Status

    dask_worker.status = Status.paused


def test_a_worker_that_takes_too_much_memory_is_named(cluster: Cluster) -> None:
    notes: list[str] = []
    cluster.worker("--memory-limit", "50MB")  # less than Python takes
    with (
        pytest.raises(ClusterError, match=r"the worker tls://127\.0\.0\.1:\d+ ran out of memory; give more workers"),
        connected(cluster.settings, notes.append) as found,
    ):
        found.results([found.submit(time.sleep, 20)])
    assert [note for note in notes if "ran out of memory, with 0." in note]


@pytest.mark.parametrize("options", [[], ["--cluster", "local:1"]], ids=["here", "cluster"])
def test_what_dask_leaves_behind_is_collected(options: list[str], data: list[str]) -> None:
    program = "import atexit, gc; atexit.register(lambda: print(gc.isenabled()))"
    line = ["eval", "mean(x)", *data, "--value", *options]
    script = f"{program}; from exprgrad.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script, *line], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == str(bool(options))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", ["start", "epochs"])
def test_a_signal_leaves_nothing_behind(number: signal.Signals, moment: str, data: list[str], tmp_path: Path) -> None:
    """Two of them, as who is impatient sends; to all processes, as a terminal does."""
    checkpoint, scratch = tmp_path / "run.json", tmp_path / "scratch"
    scratch.mkdir()
    line = [*LINE, *data, "--checkpoint", str(checkpoint), "--checkpoint-every", "1", "--cluster", "local:2"]
    with running(*line, env={**os.environ, "TMPDIR": str(scratch)}, start_new_session=True) as process:
        until(lambda: children(process.pid) if moment == "start" else trained(checkpoint))
        workers = children(process.pid)
        for _ in range(2):
            os.killpg(process.pid, number)
            time.sleep(0.1)
        output, messages = process.communicate(timeout=60)
    assert (process.returncode, output.count("\n")) == (-number, int(moment == "epochs"))  # the row of the first
    # Workers have the signal, too, and may be missed before the command ends.
    assert [line[:40] for line in without_notes(messages)] == [
        "exprgrad: stopped by a signal; to go on:"
    ] * checkpoint.exists()
    assert not list(scratch.iterdir())
    assert not any(worker.is_running() for worker in workers)
