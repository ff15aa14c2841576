"""A backend is a row of the registry: one is added here the way docs/adding-a-backend.md says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

import exprgrad
from exprgrad.backends.protocol import Backend
from exprgrad.backends.registry import AUTO, BACKENDS, Entry, make
from exprgrad.backends.rows import RowRun, Rows
from exprgrad.columns.plan import Plan, Stage, plan
from exprgrad.errors import UsageError

STAGES: list[Stage] = []


class Counting(Rows):
    """The interpreter, which notes the stages that it begins."""

    name = "counting"

    def start(self, stage: Stage, values: Mapping[int, float]) -> RowRun:
        STAGES.append(stage)
        return super().start(stage, values)


def counting(work: Plan, threads: int | None, rows: int | None) -> Backend:
    return Counting(work)


@pytest.fixture
def entry() -> Iterator[Entry]:
    added = Entry("counting", "for the test", counting, packages=("a_package_that_is_not_installed",))
    BACKENDS[added.name] = added
    STAGES.clear()
    yield added
    del BACKENDS[added.name]


def test_a_backend_that_is_added_computes(entry: Entry) -> None:
    compiled = exprgrad.compile("mean((x - mean(x))^2)", backend=entry.name)
    assert compiled.evaluate(x=[1.0, 2.0, 3.0]) == pytest.approx(2 / 3)
    assert [stage.inputs for stage in STAGES] == [("x",), ("x",)]


def test_auto_takes_what_is_installed_and_pays(entry: Entry) -> None:
    model = exprgrad.parse("sum(x)").model
    work = plan(model.graph, [model.output], {"x"})
    assert make(AUTO, work, None, 1).name == "interpreter"
    BACKENDS[entry.name] = entry._replace(packages=())
    assert make(AUTO, work, None, 1).name == entry.name
    BACKENDS[entry.name] = entry._replace(packages=(), pays=lambda work, rows: False)
    assert make(AUTO, work, None, 1).name == "interpreter"


def test_a_backend_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="there is no backend 'counting'; choose auto, interpreter, llvm"):
        exprgrad.compile("sum(x)", backend="counting")
