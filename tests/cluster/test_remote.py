"""A scheduler that runs already: reached over TLS only by whom it trusts, and what is said when it goes."""

from __future__ import annotations

import re
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from distributed import Client, Security

from exprgrad.cluster import connect, connection, local, remote, tasks, versions
from exprgrad.cluster.connect import connected
from exprgrad.cluster.connection import Connection
from exprgrad.cluster.settings import Settings
from exprgrad.errors import ClusterError, UsageError
from tests.cluster.machines import Cluster, authority, processes
from tests.data.servers import served


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


def work(connection: Connection) -> None:
    """Keeps a cluster busy until something happens to it."""
    while True:
        connection.results([connection.submit(abs, -1)])


def test_what_is_said_when_it_is_not_ours_and_when_it_goes(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = cluster.settings, cluster.other
    refusals = {
        "the certificate of .* is refused: .*certificate.*; is --cluster-ca the one": own._replace(ca=other.ca),
        "refuses the certificate of --cluster-cert: .*; is it signed by": other._replace(
            address=own.address, ca=own.ca
        ),
        "cannot be reached": own._replace(address=own.address.replace("tls", "tcp")),
    }
    for message, settings in refusals.items():
        with pytest.raises(ClusterError, match=message), connected(settings, print):
            pass
    with (
        pytest.raises(UsageError, match="no certificates and key that go together: key values mismatch; docs/cl"),
        connected(own._replace(key=other.key), print),
    ):
        pass
    notes: list[str] = []
    worker = cluster.worker("--no-nanny")
    with connected(cluster.settings._replace(dashboard=True), notes.append) as found:
        assert notes.pop().startswith("the dashboard is at http://127.0.0.1:")
        assert found.results([found.submit(abs, -1)]) == [1]
        assert processes(found) == [worker.pid]
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


def test_nothing_waits_for_ever_on_a_scheduler_that_does_not_answer(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "PATIENCE", 2)
    with (
        pytest.raises(ClusterError, match=r"the cluster at tls://.* has no workers; dask worker ADDRESS starts one"),
        connected(cluster.settings, print),
    ):
        pass
    client = Client(cluster.settings.address, security=remote._security(cluster.settings), timeout=6)
    cluster.scheduler.send_signal(signal.SIGSTOP)
    with pytest.raises(ClusterError, match=r"has no workers|is gone"):
        connect._check_workers(Connection(client, "here", print))
    cluster.scheduler.kill()
    client.close(timeout=1)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"strict": True}, ""),
        ({"strict": False}, "CA cert does not include key usage extension|Missing Authority Key Identifier"),
        ({"days": -1}, "certificate has expired"),
    ],
    ids=["as in the docs", "not strict", "expired"],
)
def test_a_certificate_is_refused_with_the_reason(made: dict[str, Any], reason: str, tmp_path: Path) -> None:
    """Of the strict checks that Python 3.13 turned on, whatever Python this is."""
    settings = authority(tmp_path, "own", **made)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(settings.cert, settings.key)
    security = Security(
        tls_ca_file=settings.ca, tls_client_cert=settings.cert, tls_client_key=settings.key, require_encryption=True
    )
    context = remote._context(security)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with served({}, tls=server) as (site, _):
        settings = settings._replace(address=f"tls://127.0.0.1:{site.server_port}")
        with mock.patch.object(remote, "_context", return_value=context):
            error = str(remote._unreachable(settings, security))
    found = re.fullmatch(r"the certificate of tls://127\.0\.0\.1:\d+ is refused: (.*); is --cluster-ca .*", error)
    assert re.fullmatch(reason, found[1] if found else ""), error


def test_a_server_in_plain_is_told(tmp_path: Path) -> None:
    settings = authority(tmp_path, "own")
    with served({}) as (site, _):
        settings = settings._replace(address=f"tls://127.0.0.1:{site.server_port}")
        error = str(remote._unreachable(settings, remote._security(settings)))
    assert re.search(r"is no connection over TLS: .*; is it one in plain, tcp://\?", error), error


def test_the_certificates_of_the_docs_pass_strict_checks(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text("utf-8")
    (script,) = [block for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "openssl req" in block]
    if shutil.which("openssl") is None:
        pytest.skip("the commands of docs/cluster.md need openssl")
    subprocess.run(["bash", "-ec", script], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    ends = []
    for purpose in (ssl.Purpose.CLIENT_AUTH, ssl.Purpose.SERVER_AUTH):
        context = ssl.create_default_context(purpose, cafile=str(tmp_path / "ca.pem"))
        context.load_cert_chain(tmp_path / "node.pem", tmp_path / "node.key")
        context.check_hostname, context.verify_mode = False, ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        ends.append((context, ssl.MemoryBIO(), ssl.MemoryBIO()))
    (server, a, b), (client, _, _) = ends
    both = [server.wrap_bio(a, b, server_side=True), client.wrap_bio(b, a)]
    for _ in range(4):
        for end in both:
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    assert all(end.getpeercert()["issuer"] == ((("commonName", "our cluster"),),) for end in both)


def test_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    start = time.monotonic()
    with (
        pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:9 cannot be reached"),
        connected(Settings("tcp://127.0.0.1:9"), print),
    ):
        pass
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("name", sorted(versions.versions()))
def test_versions_that_differ_are_named(name: str) -> None:
    own = versions.versions()
    with pytest.raises(ClusterError, match=rf"{name} is 0\.0 on the worker w and .* here; the bits of a result"):
        versions.check_versions(own, {**own, name: "0.0"}, "w")


def test_a_job_is_checked_where_it_is_done() -> None:
    from exprgrad.columns.plan import plan
    from exprgrad.graph.graph import Graph

    job = tasks.SharedPlan(0, plan(Graph(), [], []), "llvm", {**versions.versions(), "libmvec": "glibc 1.0"})
    with pytest.raises(ClusterError, match=r"libmvec is glibc .* on the worker .* and glibc 1\.0 here"):
        job.backend()
