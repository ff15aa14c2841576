"""A scheduler that runs already: reached over TLS only by whom it trusts, and what is said when it goes."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exprgrad.cluster import connection, tasks
from exprgrad.cluster.connection import Connection, connected
from exprgrad.cluster.settings import Settings
from exprgrad.errors import ClusterError, UsageError


def authority(folder: Path, name: str) -> Settings:
    """A certificate that signs itself, as authority and as that of whoever has its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    cert, private = folder / f"{name}.pem", folder / f"{name}.key"
    cert.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*form))
    return Settings("", str(cert), str(cert), str(private))


@contextmanager
def process(module: str, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    line = [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", *args]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            yield running
        finally:
            running.kill()


class Cluster:
    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.own, self.other = authority(folder, "own"), authority(folder, "other")
        files = ("--tls-ca-file", self.own.ca, "--tls-cert", self.own.cert, "--tls-key", self.own.key)
        where = str(folder / "scheduler.json")
        place = ("--host", "127.0.0.1", "--protocol", "tls", "--scheduler-file", where)
        self.scheduler = stack.enter_context(process("dask_scheduler", "--port", "0", *place, *files))
        until = time.monotonic() + 30
        while not Path(where).exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        options = ("--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", "--scheduler-file", where)
        self.worker = stack.enter_context(process("dask_worker", *options, *files))
        self.address = json.loads(Path(where).read_text())["address"]
        self.settings = self.own._replace(address=self.address)


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
    with connected(cluster.settings, notes.append) as found:
        assert found.results([found.submit(abs, -1)]) == [1]
        assert found.processes() == [cluster.worker.pid]
        for _ in range(connection._OVERFLOWS):
            found._out_of_memory((0.0, {"worker": "w", "rss": 4e9}))
        with pytest.raises(ClusterError, match="the worker w ran out of memory; give more workers, or more memory"):
            found.results([found.submit(time.sleep, 5)])
        assert notes.pop() == "the worker w ran out of memory, with 4 GB in use"
        notes.clear()
        found._overflows, found._full = 0, ""
        monkeypatch.setattr(connection, "_PATIENCE", 2)
        cluster.worker.kill()
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
        (Settings("local:2", ca="ca.pem"), "local workers have certificates of their own"),
    ],
    ids=lambda value: value.address if isinstance(value, Settings) else "",
)
def test_settings_that_make_no_sense(settings: Settings, message: str) -> None:
    with pytest.raises(UsageError) as caught, connected(settings, print):
        pass
    assert message in str(caught.value)


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
