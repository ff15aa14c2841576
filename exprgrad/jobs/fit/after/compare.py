"""Which of several models the rows speak for.

- F test of nested models: F = ((S0 - S1)/(d0 - d1))/(S1/d1), for the sums of squares S and degrees of freedom d of the
  simpler and the fuller one; where sigmas are absolute, S0 - S1 against the chi-squared distribution with d0 - d1
  degrees of freedom (Bates and Watts 1988, Nonlinear Regression Analysis and Its Applications, 3.10)
- of likelihoods the test of their ratio: 2*(log L1 - log L0) against the same distribution (Wilks 1938, Annals of
  Mathematical Statistics 9; as R's anova(glm, glm, test = "Chisq"))
- AICc = AIC + 2*k*(k + 1)/(n - k - 1), where k counts what was fitted: the parameters that no equation binds, and the
  variance or scale where there is an unknown one
  (Hurvich and Tsai 1989, Biometrika 76); of a model the weight of evidence is exp(-D/2) over the sum of these, where D
  is its AICc less the least one (Burnham and Anderson 2002, Model Selection and Multimodel Inference, 2.9)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, inf, isfinite, nan
from typing import NamedTuple

from exprgrad.errors import DataError, UsageError
from exprgrad.functions.numerics.ieee import plain_sum
from exprgrad.jobs.fit.after.nested import Held, nested
from exprgrad.jobs.fit.after.saved import Saved
from exprgrad.jobs.fit.result import SOUND
from exprgrad.shown import shows_itself
from exprgrad.text.numbers import format_number

_SAME = 1e-9
"""Of sums of squares around the mean: what the same rows agree to."""


class Compared(NamedTuple):
    """One of the models."""

    name: str
    expression: str
    parameters: int
    """How many are fitted."""
    rss: float
    dof: int
    aic: float
    aicc: float
    bic: float
    delta: float
    """AICc above the least one."""
    weight: float
    """Of evidence, between 0 and 1; all add up to 1."""
    deviance: float = nan
    """Of likelihoods, which have no sum of squares."""


class Test(NamedTuple):
    """A model against one that contains it."""

    simpler: str
    fuller: str
    statistic: str
    """"F", or "chi2" where sigmas are absolute and of likelihoods."""
    value: float
    more: int
    """Parameters that the fuller model has more."""
    dof: int
    """Of the fuller model."""
    p: float
    """How likely so much better a fit is by chance where the simpler model is right."""
    how: str
    """Why the one is nested in the other."""


@shows_itself
class Comparison(NamedTuple):
    """Models of the same rows, in the order in which they were given."""

    models: tuple[Compared, ...]
    tests: tuple[Test, ...]
    notes: tuple[str, ...] = ()


def compare(fits: Sequence[Saved], *, said: bool = False) -> Comparison:
    """Compare fits; `said` is that each is nested in the next larger one. Raises UsageError for fewer than two, and
    for fits that say nothing of one another: of other rows, responses, weights or losses."""
    if len(fits) < 2:
        raise UsageError("a comparison takes two fits or more", hint="for example exprgrad compare fit1.json fit2.json")
    for other in fits[1:]:
        _check(fits[0], other)
    notes = [f"{each.name} did not converge ({each.stopped}): it says little" for each in fits if _open(each)]
    aicc = [_aicc(each) for each in fits]
    least = min((value for value in aicc if value == value), default=nan)
    deltas = [value - least if isfinite(least) else (0.0 if value == least else inf) for value in aicc]
    evidence = [exp(-delta / 2) if delta == delta else nan for delta in deltas]
    total = plain_sum(evidence)
    models = tuple(
        Compared(
            each.name, each.expression, each.free, each.rss, each.dof, each.aic, value, each.bic, delta,
            weight / total if total else nan, each.deviance,
        )
        for each, value, delta, weight in zip(fits, aicc, deltas, evidence, strict=True)
    )  # fmt: skip
    tests, more = _tests(fits, said)
    return Comparison(models, tuple(tests), (*notes, *_without_aicc(fits, aicc), *more))


def _without_aicc(fits: Sequence[Saved], aicc: Sequence[float]) -> list[str]:
    """Why models have no AICc, and so no weights."""
    found: dict[str, list[str]] = {}
    for each, value in zip(fits, aicc, strict=True):
        if value != value:
            why = "a fit with priors has no likelihood of the rows alone"
            if each.aic == each.aic:
                k = each.numbers
                why = f"it takes more than {k + 1} rows for the {k} numbers that were fitted, and there are {each.n}"
            elif each.kind:
                what = "errors in x have" if each.kind == "errors in x" else f"a {each.kind} loss has"
                why = f"{what} no likelihood that models can be compared by"
            found.setdefault(why, []).append(each.name)
    return [f"{' and '.join(names)}: no AICc and no weight, as {why}" for why, names in found.items()]


def _open(fit: Saved) -> bool:
    return fit.stopped not in SOUND


def _check(first: Saved, other: Saved) -> None:
    """Raise where two fits are not of the same rows in the same way."""
    names = f"{first.name} and {other.name}"
    responses = [each.expression.rpartition(";")[2].partition("~")[0].strip() for each in (first, other)]
    if responses[0] != responses[1]:
        raise UsageError(
            f"{names} have different responses, {responses[0]} and {responses[1]}", hint="fit the same one"
        )
    if first.n != other.n:
        raise DataError(f"{names} are fits of {first.n:,} and of {other.n:,} rows", hint="fit both to the same rows")
    weighed = [(each.sigma, each.weights, each.errors, each.correlated_errors) for each in (first, other)]
    if weighed[0] != weighed[1]:
        raise UsageError(
            f"{names} weigh the rows differently", hint="fit both with the same --sigma, --weights or --covariance"
        )
    if first.kind != other.kind:
        raise UsageError(f"{names} minimize different things", hint="fit both by the same loss")
    squares = [each.squares for each in (first, other)]
    if all(squares) and abs(squares[0] - squares[1]) > _SAME * max(squares):
        raise DataError(f"{names} are fits of different rows", hint="fit both to the same file")


def _aicc(fit: Saved) -> float:
    k = fit.numbers
    return fit.aic + 2 * k * (k + 1) / (fit.n - k - 1) if fit.n > k + 1 else nan


def _tests(fits: Sequence[Saved], said: bool) -> tuple[list[Test], list[str]]:
    """Each model against the largest of those that are special cases of it; and why others have no test."""
    found, notes = [], []
    ordered = sorted(fits, key=lambda fit: (fit.free, -fit.rss))
    if fits[0].errors == "robust":
        return [], [f"no F test: a {fits[0].kind} loss has none"]
    no = f"no {_called(fits[0])} test"
    for fuller in ordered:
        smaller = [each for each in ordered if each.free < fuller.free][::-1]
        if not smaller:
            continue
        pairs: Iterable[tuple[Saved, str]] = [(smaller[0], "as --nested says")]
        if not said:
            pairs = ((each, how) for each in smaller if (how := _nested(each, fuller)))
        simpler, how = next(iter(pairs), (None, ""))
        if simpler is None:
            names = " or ".join(each.name for each in smaller)
            notes.append(f"{no} of {fuller.name}: that it contains {names} cannot be seen; if it does, say --nested")
        elif (why := _hindrance(simpler, fuller)) is not None:
            notes.append(f"{no} of {simpler.name} and {fuller.name}: {why}")
        else:
            found.append(_test(simpler, fuller, how))
    if ordered[0].free == ordered[-1].free:
        notes.append(f"{no}: the models have as many parameters as one another, so that none contains another one")
    return found, notes


def _hindrance(simpler: Saved, fuller: Saved) -> str | None:
    """Why nested models have no test, if they have none."""
    if _open(simpler) or _open(fuller):
        return "not both converged"
    if fuller.dof <= 0:
        return f"{fuller.name} leaves no degrees of freedom"
    worse = _gain(simpler, fuller) < -1e-9 * abs(simpler.log_likelihood if _by_likelihood(simpler) else simpler.rss)
    if worse:
        return "the fuller one fits worse, so that it ended in a wrong minimum; try other starts"
    return None


def _test(simpler: Saved, fuller: Saved, how: str) -> Test:
    from scipy.special import chdtrc, fdtrc

    more = simpler.dof - fuller.dof
    gain = max(_gain(simpler, fuller), 0.0)
    if _called(simpler) == "chi2":
        return Test(simpler.name, fuller.name, "chi2", gain, more, fuller.dof, float(chdtrc(more, gain)), how)
    noise = fuller.rss / fuller.dof
    value = gain / more / noise if noise else (inf if gain else nan)
    return Test(simpler.name, fuller.name, "F", value, more, fuller.dof, float(fdtrc(more, fuller.dof, value)), how)


def _by_likelihood(fit: Saved) -> bool:
    return fit.kind not in ("", "errors in x")


def _called(fit: Saved) -> str:
    """The test between fits such as this."""
    return "chi2" if fit.errors == "absolute" or _by_likelihood(fit) else "F"


def _gain(simpler: Saved, fuller: Saved) -> float:
    """By how much the fuller model fits better: in the sum of squares, or in twice the log-likelihood."""
    if _by_likelihood(simpler):
        return 2 * (fuller.log_likelihood - simpler.log_likelihood)
    return simpler.rss - fuller.rss


def _nested(simpler: Saved, fuller: Saved) -> str:
    """Why the one is a special case of the other: it is the same formula with more constraints, or another one that
    parameters make of it. Empty where that cannot be seen."""
    more = [text for text in simpler.constraints if text not in fuller.constraints]
    same = simpler.expression == fuller.expression and set(fuller.parameters) <= set(simpler.parameters)
    if same and more and set(fuller.constraints) <= set(simpler.constraints):
        return f"with {', '.join(more)}"
    held = None if fuller.constraints else nested(simpler, fuller)
    return "" if held is None else _how(held)


def _how(held: Held) -> str:
    said = [
        f"{name} = {what if isinstance(what, str) else format_number(what)}"
        for name, what in held.items()
        if what != name
    ]
    return f"with {', '.join(said)}"
