"""What is done on the workers. The functions travel by name: each worker has its own exprgrad."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any, NamedTuple
from zlib import crc32

from exprgrad import __version__
from exprgrad.backends.passes import Backend
from exprgrad.backends.prepared import Engine, choose
from exprgrad.columns.plan import Plan
from exprgrad.columns.values import Column
from exprgrad.data.output.writer import open_writer
from exprgrad.data.parts.folder import Folder
from exprgrad.data.parts.part import Part, Rows, open_part
from exprgrad.errors import ClusterError
from exprgrad.jobs.map.rows import given
from exprgrad.jobs.map.widen import Read, Written, write_rows


def versions() -> dict[str, str]:
    """What the bits of a result depend on: packages, the library of vector functions, the vectors themselves."""
    from exprgrad.backends.llvm import compiler

    found = {"exprgrad": __version__}
    for package in ("numpy", "llvmlite", "pyarrow", "distributed"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    found["libmvec"] = _libmvec()
    found["vectors"] = f"of {compiler.width()} numbers"
    return found


def _libmvec() -> str:
    """libmvec is a part of glibc, and has its version."""
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or "none"
    except (ValueError, OSError):
        return "none"


def check_versions(here: Mapping[str, str], there: Mapping[str, str], worker: str) -> None:
    """Raises ClusterError, with its name, for what differs."""
    for name, own in here.items():
        if there.get(name) != own:
            what = f"{name} is {there.get(name, 'none')} on the worker {worker} and {own} here"
            raise ClusterError(what, hint="the bits of a result depend on it: make them the same")


class Job:
    """A plan, and what computes it; each process that it comes to compiles its own kernels, once."""

    def __init__(self, number: int, plan: Plan, backend: str, versions: Mapping[str, str]) -> None:
        """`number` tells it from other jobs of the same command."""
        self.number = number
        self.plan = plan
        self._name = backend
        self._versions = versions
        self._backends: dict[int, Backend] = {}
        self._lock = Lock()

    def __reduce__(self) -> tuple[object, ...]:
        return Job, (self.number, self.plan, self._name, self._versions)

    def backend(self, threads: int = 1) -> Backend:
        """What computes it here. Raises ClusterError where the versions are others."""
        with self._lock:
            if threads not in self._backends:
                check_versions(self._versions, versions(), socket.gethostname())
                self._backends[threads] = choose(self.plan, Engine(self._name, threads), None)
            return self._backends[threads]


def same(job: Job) -> Job:
    """The job, as a result that other tasks take from wherever it is."""
    return job


def known(rows: Rows) -> tuple[int, int]:
    """How many rows there are, and a number by which they are known when they are loaded again."""
    check = 0
    for column in rows.columns.values():
        check = crc32(column.data, check)
    return rows.size, check


def head(rows: Rows, count: int) -> Rows:
    """The first rows, copied."""
    first = rows.between(0, count)
    return Rows({name: column.copy() for name, column in first.columns.items()}, first.size)


class Mapped(NamedTuple):
    """What a program makes of rows, wherever they are."""

    headers: Mapping[str, str]
    """The column of each variable."""
    nulls: str
    numbers: Mapping[int, float]
    """All numbers of the plan, by node."""
    names: Sequence[str]
    """Of the new columns."""
    schema: Any
    """The types of those that there are."""
    folder: Folder


def write(part: Part, index: int, job: Job, mapped: Mapped, types: Any) -> Written:
    """The rows of a part, with the new columns, as a file of the folder; of such types, if it is of a text."""
    folder = mapped.folder

    def compute(read: Read) -> Iterator[tuple[Any, list[Column]]]:
        return given(job.plan, job.backend(), mapped.numbers, read)

    with open_writer(folder.file(index), folder.kind) as writer, open_part(part, mapped.nulls, types) as table:
        return write_rows(table, mapped.headers, compute, mapped.names, writer, schema=mapped.schema)
