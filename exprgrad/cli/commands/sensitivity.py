"""`exprgrad sensitivity`: which input matters."""

from __future__ import annotations

from typing import Any

from exprgrad.cli.line.command import expression_command
from exprgrad.cli.line.uncertain import UncertainCommand
from exprgrad.cli.options.results import Output
from exprgrad.cli.options.uncertain.sensitivity import request_of, sensitivity_options
from exprgrad.cli.output import note
from exprgrad.errors import ExitCode
from exprgrad.expression import Expression
from exprgrad.jobs.sensitivity.run import sensitivity
from exprgrad.quantities.correlations import correlate
from exprgrad.quantities.quantities import Quantities
from exprgrad.render.formats import ENV, LATEX, MARKDOWN


@expression_command("sensitivity", ENV, LATEX, MARKDOWN, cls=UncertainCommand)
@sensitivity_options
def command(
    expression: Expression,
    values: Quantities,
    *,
    output: Output,
    correlations: tuple[str, ...],
    quiet: bool,
    **options: Any,
) -> int:
    """Which input matters: the shares of the inputs in the variance of a result.

    \b
    exprgrad sensitivity "x*y + z" --x "uniform(0, 1)" --y "normal(1, 0.5)" --z 3±0.1
    exprgrad sensitivity "x*y + z" --x 1±0.1 --y 2±0.3 --z 3±0.1 --second-order
    exprgrad sensitivity "x*y + z" --x 1±0.1 --y 2±0.3 --z 3±0.1 --n auto --tolerance 1e-3
    exprgrad sensitivity "x*y + z" --x 1±0.1 --y 2±0.3 --z 3±0.1 --correlate x,y=0.5 --method shapley
    exprgrad sensitivity "m*v^2/2" --m 2 --v 3 --method local

    The inputs are those of exprgrad uncertainty: a plain number is exact, 1.000±0.002 and 2.006(5) are normal, and
    uniform(a, b), triangular(a, b) and the others are distributions.
    The index of first order is the share of the variance that an input has by itself; the total one adds what it has
    together with others. Both have intervals, by resampling. --n is the number of points: an expression of d inputs is
    computed n*(d + 2) times.
    Other methods: shapley shares the variance among inputs that may be correlated; dgsm bounds the total indices by
    exact derivatives; morris takes elementary effects (mu_star, mu, sigma) along n trajectories; local has elasticities
    and shares at the estimates.
    Fails (exit 1) where the result does not vary, where it is not finite at a point, and for local where it has no
    derivative at the estimates.
    """
    request = request_of(options)
    output.check_folder()
    found = sensitivity(expression.lowered, correlate(values, correlations), request)
    output.show(found)
    if not quiet:
        for message in found.notes:
            note(message)
    return ExitCode.DONE
