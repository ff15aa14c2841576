"""What is done on the workers. The functions travel by name: each worker has its own exprgrad."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any, NamedTuple

from exprgrad import __version__
from exprgrad.backends.folds import BLOCK
from exprgrad.backends.passes import Backend, Run
from exprgrad.backends.prepared import Engine, choose
from exprgrad.backends.subtrees import Share, Subtree, merged, spans
from exprgrad.data.digest import Blocks, blocks
from exprgrad.data.folder import Folder
from exprgrad.data.shards import Part, Rows, open_part
from exprgrad.data.shards import joined as joined_columns
from exprgrad.data.widen import Read, Written, write_rows
from exprgrad.data.writer import open_writer
from exprgrad.errors import ClusterError
from exprgrad.evaluation.rowwise import given
from exprgrad.graph.plan import Plan
from exprgrad.results import Column


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
    """A plan, computed on one thread; each process compiles its own kernels, once."""

    def __init__(self, plan: Plan, backend: str, versions: Mapping[str, str]) -> None:
        self.plan = plan
        self.name = backend
        self._versions = versions
        self._backend: Backend | None = None
        self._lock = Lock()

    def __reduce__(self) -> tuple[object, ...]:
        return Job, (self.plan, self.name, self._versions)

    @property
    def backend(self) -> Backend:
        """What computes it here."""
        if self._backend is None:
            check_versions(self._versions, versions(), socket.gethostname())
            self._backend = choose(self.plan, Engine(self.name, threads=1), None)
        return self._backend

    def start(self, turn: int, numbers: Mapping[int, float]) -> Run:
        """Begin a pass."""
        with self._lock:
            return self.backend.start(self.plan.passes[turn], numbers)


def same(job: Job) -> Job:
    """The job, as a result that other tasks take from wherever it is."""
    return job


def size(rows: Rows) -> int:
    """How many rows there are."""
    return rows.size


def head(rows: Rows, count: int) -> Rows:
    """The first rows, copied."""
    return joined([rows.cut(0, count)])


def joined(parts: Sequence[Rows]) -> Rows:
    """The rows of all parts."""
    columns = {name: joined_columns([part.columns[name] for part in parts]) for name in parts[0].columns}
    return Rows(columns, sum(part.size for part in parts))


Work = Sequence[tuple[Rows, Rows | None, Share]]
"""Neighbouring parts: the rows of each, those that complete its last block, and the blocks."""


def fold(work: Work, job: Job, turn: int, numbers: Mapping[int, float], functions: Sequence[str]) -> list[Subtree]:
    """The subtrees of neighbouring parts, by a pass over the rows of each."""
    found = (_folded(rows, after, share, job, turn, numbers) for rows, after, share in work)
    return merge(functions, *found)


def _folded(
    rows: Rows, after: Rows | None, share: Share, job: Job, turn: int, numbers: Mapping[int, float]
) -> Iterator[Subtree]:
    names = job.plan.passes[turn].inputs
    folds = job.plan.passes[turn].folds
    own = rows.cut(share.skip, rows.size)
    for level, place in spans(share.first, share.last):
        start = ((place << level) - share.first) * BLOCK
        stop = start + (BLOCK << level)
        run = job.start(turn, numbers)
        for piece in (own.cut(start, stop), _beyond(own.size, after, start, stop)):
            if piece is not None and piece.size:
                run.feed({name: piece.columns[name] for name in names})
        values = run.folds()
        yield Subtree(level, place, tuple(values[node] for node in folds))


def _beyond(size: int, after: Rows | None, start: int, stop: int) -> Rows | None:
    """The rows among those after the own, `size` in number, that lie between."""
    return after.cut(max(start - size, 0), max(stop - size, 0)) if after is not None else None


def marks(work: Work, names: Sequence[str]) -> list[Blocks]:
    """The fingerprints of the blocks of neighbouring parts."""
    return [
        blocks(names, (piece.columns for piece in (rows.cut(share.skip, rows.size), after) if piece))
        for rows, after, share in work
    ]


def merge(functions: Sequence[str], *parts: Iterable[Subtree]) -> list[Subtree]:
    """The subtrees of neighbours in the fewest."""
    return merged(functions, (subtree for part in parts for subtree in part))


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


def write(part: Part, index: int, job: Job, mapped: Mapped) -> Written:
    """The rows of a part, with the new columns, as a file of the folder."""
    folder = mapped.folder

    def compute(read: Read) -> Iterator[tuple[Any, list[Column]]]:
        return given(job.plan, job.backend, mapped.numbers, read)

    with open_writer(folder.file(index), folder.kind) as writer:
        table = open_part(part, mapped.nulls)
        return write_rows(table, mapped.headers, compute, mapped.names, writer, schema=mapped.schema)
