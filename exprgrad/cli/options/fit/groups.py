"""`fit --by`: each group of rows for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from exprgrad.cli.line.bindings import Binding
from exprgrad.cli.options.cluster import ClusterOptions, engine_on
from exprgrad.cli.options.watching import Leaving, says_how_to_go_on
from exprgrad.cli.output import complain, note, terminated_cleanly
from exprgrad.errors import ExitCode, UsageError
from exprgrad.render.progress import Bar

if TYPE_CHECKING:
    from exprgrad.backends.engine import Engine
    from exprgrad.cli.options.results import Output
    from exprgrad.data.source import TableSource
    from exprgrad.expression import Expression
    from exprgrad.jobs.fit.request import Request


class GroupRun(NamedTuple):
    """What groups are fitted from, and how."""

    expression: Expression
    values: dict[str, Binding]
    request: Request
    columns: TableSource | None
    engine: Engine
    workers: ClusterOptions
    memory: int | None
    begun: Callable[[Sequence[str]], None]
    """Is told the names of the parameters."""


class _Progress(Leaving):
    """Shows how many groups have been fitted."""

    def __init__(self, bar: Bar, begun: Callable[[Sequence[str]], None]) -> None:
        self.bar, self._begun = bar, begun

    def begin(self, names: Sequence[str], epoch: int) -> None:
        self._begun(names)

    def look(self, number: int, total: int) -> None:
        self.bar(number, f"group {number:,} of {total:,}")

    def progress(self, step: int, loss: float) -> None:
        self.bar(step, f"iteration {step}, cost {loss:.6g}", loss)


def check_alone(others: Mapping[str, object]) -> None:
    """Raises UsageError for options that are about one fit."""
    for option, value in others.items():
        if value:
            raise UsageError(f"{option} is about one fit, and --by makes several", hint="choose --json or --format csv")


def show_groups(run: GroupRun, output: Output, *, quiet: bool) -> int:
    """Fit the groups, and show them."""
    with ExitStack() as stack:
        bar = Bar(None, quiet=quiet)
        progress = _Progress(bar, run.begun)
        stack.enter_context(says_how_to_go_on(progress))
        stack.enter_context(terminated_cleanly())
        stack.enter_context(bar)
        engine = stack.enter_context(engine_on(run.workers, run.columns, run.engine, quiet=quiet))
        result = run.expression.fit_groups(run.request, run.values, run.columns, engine, progress, run.memory)
    output.show(result)
    for message in result.notes:
        (note if result.converged else complain)(message)
    return ExitCode.DONE if result.converged else ExitCode.NUMBERS
