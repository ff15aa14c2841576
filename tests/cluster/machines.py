"""A scheduler and workers as on other machines: processes of their own, with certificates."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exprgrad.cluster.connection import Connection
from exprgrad.cluster.settings import Settings


def processes(cluster: Connection) -> list[int]:
    """The ids of the workers' processes, but of those that end at this moment."""
    return sorted(cluster.client.run(os.getpid, on_error="ignore").values())


class Cluster:
    """A scheduler, and workers that are added to it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Starts the scheduler; all processes end with the stack."""
        self.own, self.other = authority(folder, "own"), authority(folder, "other")
        self._files = ("--tls-ca-file", self.own.ca, "--tls-cert", self.own.cert, "--tls-key", self.own.key)
        self._file = folder / "scheduler.json"
        self._stack = stack
        self.scheduler = self._started("dask_scheduler", "--port", "0", "--protocol", "tls")
        until = time.monotonic() + 30
        while not self._file.exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        self.settings = self.own._replace(address=json.loads(self._file.read_text())["address"])

    def worker(self, *options: str) -> subprocess.Popen[bytes]:
        """One more worker, of one thread."""
        return self._started("dask_worker", "--nthreads", "1", *options)

    def options(self) -> list[str]:
        """Those of a command that connects to it."""
        address, ca, cert, key, *_ = self.settings
        return ["--cluster", address, "--cluster-ca", ca, "--cluster-cert", cert, "--cluster-key", key]

    def _started(self, module: str, *options: str) -> subprocess.Popen[bytes]:
        place = (
            "--host",
            "127.0.0.1",
            "--preload",
            "exprgrad.data.stores.tls",
            "--scheduler-file",
            str(self._file),
            "--no-dashboard",
        )
        line = [sys.executable, "-m", f"distributed.cli.{module}", *place, *options, *self._files]
        return self._stack.enter_context(_process(line, str(self._file.parent)))


def authority(folder: Path, name: str, *, strict: bool = True, days: int = 1) -> Settings:
    """An authority, and the certificate of whoever has its key; it passes strict checks, or does not."""
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} {k}")]) for k in ("ca", "node"))
    now = datetime.datetime.now(datetime.UTC)
    own = x509.SubjectKeyIdentifier.from_public_key(root.public_key())
    told = [
        (
            issuer,
            root,
            [(x509.BasicConstraints(ca=True, path_length=None), True), (own, False), (_may(sign=False), True)],
        ),
        (
            subject,
            key,
            [
                (x509.BasicConstraints(ca=False, path_length=None), True),
                (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
                (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), False),
                (_may(sign=True), True),
            ],
        ),
    ]
    made = []
    for holder, secret, extensions in told:
        builder = x509.CertificateBuilder(issuer, holder, secret.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(days=2))
        builder = builder.not_valid_after(now + datetime.timedelta(days=days))
        for extension, critical in extensions if strict else extensions[:1]:
            builder = builder.add_extension(extension, critical)
        made.append(builder.sign(root, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    ca, cert, private = (folder / f"{name}.{end}" for end in ("ca.pem", "pem", "key"))
    ca.write_bytes(made[0])
    cert.write_bytes(made[1])
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*form))
    return Settings("", str(ca), str(cert), str(private))


def _may(*, sign: bool) -> x509.KeyUsage:
    """Sign connections, or certificates."""
    uses = dict.fromkeys(
        [
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ],
        False,
    )
    return x509.KeyUsage(digital_signature=sign, key_cert_sign=not sign, crl_sign=not sign, **uses)


@contextmanager
def _process(line: list[str], scratch: str) -> Iterator[subprocess.Popen[bytes]]:
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(line, env={**os.environ, "DASK_TEMPORARY_DIRECTORY": scratch}, **silent) as running:
        try:
            yield running
        finally:
            running.kill()
