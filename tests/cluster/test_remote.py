"""A scheduler that runs already: reached over TLS only by whom it trusts, and what is said when it goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from exprgrad.cluster import connection, local, tasks
from exprgrad.cluster.connection import Connection, connected
from exprgrad.cluster.settings import Settings
from exprgrad.errors import ClusterError, UsageError
from tests.cluster.machines import Cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


def work(connection: Connection) -> None:
    """Keeps a cluster busy until something happens to it."""
    while True:
        connection.results([connection.submit(abs, -1)])


def test_what_is_said_when_it_is_not_ours_and_when_it_goes(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        pytest.raises(ClusterError, match="do not trust each other's certificates; is --cluster-ca the one"),
        connected(cluster.settings._replace(ca=cluster.other.ca), print),
    ):
        pass
    notes: list[str] = []
    worker = cluster.worker("--no-nanny")
    with connected(cluster.settings._replace(dashboard=True), notes.append) as found:
        assert notes.pop().startswith("the dashboard is at http://127.0.0.1:")
        assert found.results([found.submit(abs, -1)]) == [1]
        assert found.processes() == [worker.pid]
        for _ in range(connection._OVERFLOWS):
            found._out_of_memory((0.0, {"worker": "w", "rss": 4e9}))
        with pytest.raises(ClusterError, match="the worker w ran out of memory; give more workers, or more memory"):
            found.results([found.submit(time.sleep, 5)])
        assert notes.pop() == "the worker w ran out of memory, with 4 GB in use"
        notes.clear()
        found._overflows, found._full = 0, ""
        monkeypatch.setattr(connection, "PATIENCE", 2)
        worker.kill()
        with pytest.raises(ClusterError, match="has done nothing for 2 s: are its workers gone"):
            work(found)
        assert "was lost" in notes[0]
        cluster.scheduler.kill()
        with pytest.raises(ClusterError, match=r"the scheduler at .* is gone"):
            work(found)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings("tcp://192.0.2.1:8786"), "tcp://192.0.2.1:8786 is a connection in plain: others on the network may"),
        (Settings("tls://127.0.0.1:8786"), "tls://127.0.0.1:8786 needs --cluster-ca FILE"),
        (Settings("127.0.0.1:8786"), "127.0.0.1:8786 is not the address of a cluster; give tls://HOST:PORT"),
        (Settings("tls://[:8786"), "is not the address of a cluster"),
        (Settings("local:none"), "--cluster local:N takes a number of workers, not 'none'"),
        (Settings("local:999999"), "takes a number of workers, not '999999'; with the"),
        (Settings("local:2", ca="ca.pem"), "local workers have certificates of their own"),
    ],
    ids=lambda value: value.address if isinstance(value, Settings) else "",
)
def test_settings_that_make_no_sense(settings: Settings, message: str) -> None:
    with pytest.raises(UsageError) as caught, connected(settings, print):
        pass
    assert message in str(caught.value)


def test_a_dashboard_needs_bokeh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "find_spec", lambda name: None)
    with (
        pytest.raises(UsageError, match="--cluster-dashboard needs bokeh; install it: pip install bokeh"),
        connected(Settings("local:1", dashboard=True), print),
    ):
        pass


def test_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    start = time.monotonic()
    with (
        pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:9 cannot be reached"),
        connected(Settings("tcp://127.0.0.1:9"), print),
    ):
        pass
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("name", sorted(tasks.versions()))
def test_versions_that_differ_are_named(name: str) -> None:
    own = tasks.versions()
    with pytest.raises(ClusterError, match=rf"{name} is 0\.0 on the worker w and .* here; the bits of a result"):
        tasks.check_versions(own, {**own, name: "0.0"}, "w")


def test_a_job_is_checked_where_it_is_done() -> None:
    from exprgrad.graph.graph import Graph
    from exprgrad.graph.plan import plan

    job = tasks.Job(0, plan(Graph(), [], []), "llvm", {**tasks.versions(), "libmvec": "glibc 1.0"})
    with pytest.raises(ClusterError, match=r"libmvec is glibc .* on the worker .* and glibc 1\.0 here"):
        job.backend()
