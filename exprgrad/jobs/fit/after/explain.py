"""How a fit was found, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.jobs.fit.problem import Parameter
from exprgrad.jobs.fit.result import Fit
from exprgrad.text.numbers import format_number

_ENDS = {
    "converged": "It ended where no step changes the parameters by more than rounding does.",
    "iterations": "It ended as it had made as many iterations as --max-iterations allows, and would have gone on.",
    "stuck": "It ended where no step led lower, though that is no minimum.",
    "separated": "It ended as the likelihood grows for ever.",
    "singular": "It ended in a minimum, at which the data leave some parameters open.",
}
_ERRORS = {
    "relative": "Standard errors are relative: sigmas and weights count as known up to a factor, which the scatter of "
    "the rows around the curve gives.",
    "absolute": "Standard errors are absolute: they follow from the sigmas alone, whatever the scatter of the rows.",
    "observed information": "Standard errors follow from the exact second derivatives of the log-likelihood.",
    "expected information": "Standard errors follow from what the second derivatives of the log-likelihood are "
    "expected to be.",
    "robust": "Standard errors follow from the robust loss and from how much it bends at each row.",
}


def explained(parameters: Sequence[Parameter], linear: Sequence[bool], fit: Fit) -> tuple[str, ...]:
    """The steps of a fit, from the starts to the errors. `linear` says which parameters needed no start."""
    solved = [each.name for each, one in zip(parameters, linear, strict=True) if one]
    found = [_what(fit), *_known(fit), *_starts(parameters, solved, fit), _how(solved, fit)]
    found.append(_ENDS.get(fit.stopped, ""))
    if bounds := fit.bounds:
        found.append(f"{_listed(bounds)} ended at a bound, and {_are(bounds)} taken to be exact there.")
    if fit.dof > 0:
        found += [_ERRORS.get(fit.errors, ""), _intervals(fit)]
    else:
        found.append("There are as many parameters as rows: the curve meets each row, and nothing is left for errors.")
    return tuple(sentence for sentence in found if sentence)


def _what(fit: Fit) -> str:
    if fit.likelihood is not None:
        return f"The parameters make the likelihood of {fit.likelihood.name} responses largest over {fit.n:,} rows."
    squares = "squared residuals"
    if fit.sigma_x:
        errors = " and ".join(["the response", *fit.sigma_x])
        squares = f"squared errors of {errors} in units of their sigmas"
    elif fit.robust:
        squares = f"{fit.robust} losses of the residuals, in units of {format_number(float(f'{fit.scale:.3g}'))}"
    elif fit.correlated_errors:
        squares = f"r'*C^-1*r, of the residuals r and the covariance C of their errors, {fit.correlated_errors},"
        return f"The parameters make {squares} least over {fit.n:,} rows."
    elif fit.sigma or fit.weights:
        squares = f"squared residuals in units of {fit.sigma}" if fit.sigma else f"{fit.weights} times squared residual"
    return f"The parameters make the sum of {squares} least over {fit.n:,} rows."


def _known(fit: Fit) -> list[str]:
    """What was said of the parameters beside the rows."""
    found = [f"{text} holds as an equation all the way." for text in fit.constraints]
    found += [f"{text} holds at the end: without it the minimum would lie beyond." for text in fit.ended_at]
    return found + [f"The prior {text} counts as a row more." for text in fit.priors]


def _starts(parameters: Sequence[Parameter], solved: Sequence[str], fit: Fit) -> list[str]:
    given = [p for p in parameters if p.start is not None]
    linear = [p.name for p in parameters if p.name in solved and p.start is None]
    searched = [p.name for p in parameters if p.start is None and p.name not in linear]
    found = []
    if given:
        values = ", ".join(f"{p.name} = {format_number(p.start or 0.0)}" for p in given)
        found.append(f"It began at {values}, as given{' or as a prior says' if fit.priors else ''}.")
    if linear:
        found.append(f"{_listed(linear)} needed no start: the model is linear in {_them(linear)}.")
    if searched:
        found.append(f"{_listed(searched)} had no start: values of many magnitudes were looked at, and the best tried.")
    return found


def _how(linear: Sequence[str], fit: Fit) -> str:
    steps = f"{fit.iterations} iteration{'s' * (fit.iterations != 1)}"
    method = fit.method
    if fit.likelihood or "under constraints" in method or "with priors" in method:
        return f"{steps.capitalize()}, on exact derivatives: {method}."
    tail = method.removeprefix("variable projection")
    if tail != method and not linear:
        return f"Levenberg and Marquardt's method{tail}, on exact derivatives: {steps}."
    if tail != method:
        return (
            f"Variable projection{tail}: {_listed(linear)} {_are(linear)} solved for exactly at each of {steps}, and "
            "steps of Levenberg and Marquardt's method move the others."
        )
    if method.startswith("linear"):
        return "All parameters enter linearly, so that the minimum is the solution of one linear problem."
    if fit.correlated_errors:
        return f"Least squares without correlations found where to begin; {steps} with them followed."
    if fit.sigma_x:
        return f"Least squares without errors in x found where to begin; {steps} with them followed."
    return f"{steps.capitalize()} of Levenberg and Marquardt's method, on exact derivatives ({method})."


def _intervals(fit: Fit) -> str:
    law = (
        f"Student's distribution with {fit.dof} degrees of freedom"
        if fit.errors == "relative"
        else "the normal distribution"
    )
    level = format_number(100 * fit.confidence)
    return f"Intervals of {level} % are by {law}, with the model taken as linear near the minimum."


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _are(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 else "is"


def _them(names: Sequence[str]) -> str:
    return "them" if len(names) > 1 else "it"
