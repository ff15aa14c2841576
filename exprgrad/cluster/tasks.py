"""What is done on the workers. The functions travel by name: each worker has its own exprgrad."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple
from zlib import crc32

from exprgrad.backends.engine import Engine
from exprgrad.backends.prepared import Folded, choose
from exprgrad.backends.protocol import Backend, BlockFold
from exprgrad.cluster.versions import check_versions, versions
from exprgrad.columns.plan import Plan
from exprgrad.columns.values import Column
from exprgrad.data.output.writer import open_writer
from exprgrad.data.parts.folder import Folder
from exprgrad.data.parts.part import Part, Rows, open_part
from exprgrad.jobs.map.result import Written
from exprgrad.jobs.map.rows import given
from exprgrad.jobs.map.write import Read, write_rows


class SharedPlan:
    """A plan that travels to workers; each process that it comes to compiles its own kernels, once."""

    def __init__(self, number: int, plan: Plan, backend: str, versions: Mapping[str, str]) -> None:
        """`number` tells it from other plans of the same command; `backend` is the name of what computes it."""
        self.number = number
        self.plan = plan
        self._name = backend
        self._versions = versions
        self._backends: dict[int, Backend] = {}
        self._lock = Lock()

    def __reduce__(self) -> tuple[object, ...]:
        return SharedPlan, (self.number, self.plan, self._name, self._versions)

    def backend(self, threads: int = 1) -> Backend:
        """What computes it in this process. Raises ClusterError where the versions differ."""
        with self._lock:
            if threads not in self._backends:
                check_versions(self._versions, versions(), socket.gethostname())
                self._backends[threads] = choose(self.plan, Engine(self._name, threads), None)
            return self._backends[threads]


class SharedFold:
    """A fold of blocks that travels to workers."""

    def __init__(self, number: int, fold: BlockFold, versions: Mapping[str, str]) -> None:
        """`number` tells it from plans and other folds of the same command."""
        self.number = number
        self._fold = fold
        self._versions = versions

    def backend(self, threads: int = 1) -> BlockFold:
        """What computes it in this process. Raises ClusterError where the versions differ."""
        check_versions(self._versions, versions(), socket.gethostname())
        return self._fold


Shared = SharedPlan | SharedFold
"""What a worker has to know before it is asked."""


def same(plan: SharedPlan) -> SharedPlan:
    """The plan, as the result of a task: other tasks get it from whichever worker has it."""
    return plan


class Known(NamedTuple):
    """What is known of the rows of a part."""

    size: int
    check: int
    """A checksum by which they are known when they are loaded again."""
    told: Mapping[tuple[str, str], str]
    """What they showed that the user is to know."""


def known(rows: Rows) -> Known:
    """What is to be known of some rows."""
    check = 0
    for column in rows.columns.values():
        check = crc32(column.data, check)
    return Known(rows.size, check, rows.told)


def head(rows: Rows, count: int) -> Rows:
    """The first rows, copied."""
    first = rows.between(0, count)
    return Rows({name: column.copy() for name, column in first.columns.items()}, first.size)


class Mapped(NamedTuple):
    """What `map` writes: the same for all parts."""

    headers: Mapping[str, str]
    """The column of each variable."""
    nulls: str
    folded: Folded
    """The numbers of the plan."""
    names: Sequence[str]
    """The names of the new columns."""
    schema: Any
    """The types of the columns that the table has."""
    folder: Folder


def write(part: Part, index: int, plan: SharedPlan, mapped: Mapped, types: Any) -> Written:
    """Write the rows of a part, with the new columns, as a file of the folder. `types` are those of the columns of a
    text."""
    folder = mapped.folder

    def compute(read: Read) -> Iterator[tuple[Any, list[Column]]]:
        return given(plan.plan, plan.backend(), mapped.folded, read)

    with open_writer(folder.file(index), folder.kind) as writer, open_part(part, mapped.nulls, types) as table:
        written = write_rows(table, mapped.headers, compute, mapped.names, writer, schema=mapped.schema)
        return written._replace(told=table.found.found)
