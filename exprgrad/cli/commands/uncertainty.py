"""`exprgrad uncertainty`: how sure a result is, and which input to improve."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from exprgrad.cli.line.command import expression_command
from exprgrad.cli.line.uncertain import UncertainCommand
from exprgrad.cli.options import cluster
from exprgrad.cli.options.checkpoints import CHECKPOINT, RESUME, check_named
from exprgrad.cli.options.option import take
from exprgrad.cli.options.pictures import PLOT, check_plot, draw_pictures
from exprgrad.cli.options.report import REPORT, check_report, write_report
from exprgrad.cli.options.results import Output
from exprgrad.cli.options.uncertain.uncertainty import request_of, uncertainty_options
from exprgrad.cli.output import complain, note, terminated_cleanly
from exprgrad.errors import ExitCode, UsageError, check_installed
from exprgrad.expression import Expression
from exprgrad.jobs.uncertainty.request import Request
from exprgrad.jobs.uncertainty.run import uncertainty
from exprgrad.quantities.correlations import correlate
from exprgrad.quantities.quantities import Quantities
from exprgrad.render.formats import ENV, LATEX, MARKDOWN

if TYPE_CHECKING:
    from exprgrad.render.pictures.uncertain import Picture


@expression_command("uncertainty", ENV, LATEX, MARKDOWN, cls=UncertainCommand)
@uncertainty_options
@take(PLOT, REPORT, CHECKPOINT, RESUME)
@cluster.cluster_options
def command(
    expression: Expression,
    values: Quantities,
    *,
    output: Output,
    correlations: tuple[str, ...],
    plot: str | None,
    report: str | None,
    checkpoint: str | None,
    resume: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """How sure a result is: its uncertainty, and the budget behind it.

    \b
    exprgrad uncertainty "4*pi^2*L/T^2" --L 1.000±0.002 --T "2.006(5)"
    exprgrad uncertainty "V/I" --V "readings(5.007, 4.994, 5.005)" --I "uniform(0.019, 0.021)"
    exprgrad uncertainty "m/V" --m "12.3±0.1, dof=9" --V 4.5±1% --correlate m,V=0.3
    exprgrad uncertainty "a*x + b" --bind fit.json --x 2.0±0.1
    exprgrad uncertainty "p = x*y; q = x/y" --x 3±0.1 --y 2±0.1
    exprgrad uncertainty "x^2" --x 0±0.1 --second-order
    exprgrad uncertainty "x*y" --x 3±0.1 --y "uniform(1, 3)" --montecarlo --report page.html
    exprgrad uncertainty "x*y" --x 3±0.1 --y 2±0.1 --target u=0.1 --limits 5:7

    A plain number is exact. ± and (…) give a standard uncertainty: a coverage factor of a certificate goes behind it,
    as "50.0±0.2, k=2", and degrees of freedom as dof=9.
    Distributions: normal(m, s), uniform(a, b), triangular(a, b, mode), arcsine(a, b), trapezoid(a, b, c, d),
    ctrap(a, b, d), lognormal(m, s), student(m, scale, dof), exponential(mean), gamma(shape, scale), beta(a, b),
    truncated(DISTRIBUTION, low, high). @FILE and @FILE:COLUMN are readings.
    The law of propagation with exact derivatives gives the budget, by the size of the shares. --montecarlo propagates
    the distributions themselves, and says whether the law may be used. Fails (exit 1) where the result has no
    derivative at the estimates and no --montecarlo is asked for, and where a trial has no finite result.
    """
    workers, request = cluster.taken(options), request_of(options)
    output.check_folder()
    check_plot(plot)
    check_report(report)
    quantities = correlate(values, correlations)
    with ExitStack() as stack:
        request = _placed(request, checkpoint, workers, stack, resume=resume, quiet=quiet)
        found = uncertainty(expression.lowered, quantities, request)
    output.show(found)
    shown: list[Picture] = []
    if plot is not None or report is not None:
        from exprgrad.render.pictures.uncertain import pictures

        shown = pictures(found)
    if plot is not None and shown:
        draw_pictures(shown, plot, beside=output.is_table)
    if report is not None:
        estimates = {name: one.value for name, one in quantities.values.items()}
        write_report(found, expression, estimates, shown, report)
    if not quiet:
        for message in found.notes:
            note(message)
    if plot is not None and not shown:
        complain("nothing contributes to the uncertainty: there is nothing for --plot to draw")
        return ExitCode.NUMBERS
    return ExitCode.DONE


def _placed(
    request: Request,
    checkpoint: str | None,
    workers: cluster.ClusterOptions,
    stack: ExitStack,
    *,
    resume: bool,
    quiet: bool,
) -> Request:
    """The request with where its trials are computed and saved. Raises UsageError for options without trials."""
    check_named(checkpoint, {"--resume": resume})
    wanted = request.montecarlo
    for option, given in (("--cluster", cluster.is_wanted(workers)), ("--checkpoint", checkpoint)):
        if wanted is None and given:
            raise UsageError(f"{option} is for trials, and the linear law takes none", hint="add --montecarlo")
    if wanted is None:
        return request
    from exprgrad.render.progress import Bar

    check_installed("--montecarlo", "data", "numpy")
    if checkpoint is not None:
        from exprgrad.cli.options.watching import Leaving, says_how_to_go_on
        from exprgrad.jobs.uncertainty.montecarlo.saved import Checkpoints

        wanted = wanted._replace(checkpoints=Checkpoints(checkpoint, resume=resume, note=note))
        stack.enter_context(says_how_to_go_on(Leaving(), wanted.checkpoints))
        stack.enter_context(terminated_cleanly())
    if workers.address is not None:
        connection = stack.enter_context(cluster.connection_to(workers, quiet=quiet))
        from exprgrad.cluster.trials import Workers

        wanted = wanted._replace(machine=Workers(connection))
    bar = stack.enter_context(Bar(wanted.trials, quiet=quiet))
    return request._replace(montecarlo=wanted._replace(watch=lambda done: bar(done, f"{done:,} trials")))
