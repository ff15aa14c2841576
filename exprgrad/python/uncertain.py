"""`exprgrad.uncertainty`: how sure a result is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exprgrad.arguments import checked
from exprgrad.errors import UsageError
from exprgrad.expression import Expression
from exprgrad.python.words import expression_of, own_words, sorted_words

if TYPE_CHECKING:
    from exprgrad.jobs.uncertainty.request import Target
    from exprgrad.jobs.uncertainty.result import Uncertainty
    from exprgrad.quantities.quantities import Pair, Quantities


@checked
def uncertainty(
    expression: str | Expression,
    inputs: Any = MappingProxyType({}),
    /,
    *,
    correlate: Mapping[Any, float] | Iterable[str] | str = (),
    coverage: float = 0.95,
    results: Iterable[str] | str = (),
    second_order: bool = False,
    target: str | float | None = None,
    limits: Any = None,
    explain: bool = False,
    montecarlo: int | str | bool | None = None,
    seed: int = 0,
    interval: str = "probabilistic",
    uncertainty_digits: int = 2,
    threads: int | None = None,
    **more: Any,
) -> Uncertainty:
    """The uncertainty of an expression, and the budget behind it: `exprgrad.uncertainty("4*pi^2*L/T^2",
    L="1.000±0.002", T="2.006(5)")`.

    Keywords that are variables are inputs: a number is exact, a text says an uncertainty as on the command line, a list
    is readings, and values of the packages `uncertainties` and GTC count as they are, with their correlations.
    `inputs` is a dict of such, or a result of `fit` or of this function, whose values come with their covariance;
    keywords win over it. `correlate` has the correlation of pairs, `{("L", "T"): 0.3}` or `["L,T=0.3"]`, or names a
    file with a matrix. `coverage` is the probability of the coverage interval, `results` names the values wanted,
    `second_order` adds the terms of second order, `target` is a wanted uncertainty ("u=0.1", "U=0.2", "u=1%"), `limits`
    is (low, high), or a dict of such by result, and `explain` adds the clauses that the numbers follow.
    `montecarlo` propagates the distributions by so many trials (True for 1,000,000, "auto" for as many as the digits
    take) with a `seed`, on `threads`; `interval` is "probabilistic", "shortest" or "symmetric", and
    `uncertainty_digits` are those that count in the verdict on the linear law.

    The result has `results` (value, standard_uncertainty, dof, coverage_factor, expanded_uncertainty, low, high, text)
    by name, `budget` and `covariance`, and with `montecarlo` `montecarlo.results` (mean, standard_uncertainty, low,
    high, linear_valid). Raises UsageError for inputs that make no sense, NumbersError where there is no
    derivative at the estimates.
    """
    from exprgrad.jobs.uncertainty.montecarlo.wanted import Wanted
    from exprgrad.jobs.uncertainty.request import Request
    from exprgrad.jobs.uncertainty.run import uncertainty as run

    parsed, every = inputs_of("uncertainty", uncertainty, expression, inputs, more)
    trials = _trials(montecarlo)
    wanted = None if trials == 0 else Wanted(trials, seed, interval, uncertainty_digits, threads)
    request = Request(coverage, _names(results), second_order, _target(target), _limits(limits), explain, wanted)
    return run(parsed.lowered, correlated(every, correlate), request)


def inputs_of(
    name: str, function: Callable[..., Any], expression: str | Expression, inputs: Any, words: Mapping[str, Any]
) -> tuple[Expression, Quantities]:
    """The expression of a call of a function, and its inputs: a dict or a result, and the keywords that win over it."""
    from exprgrad.quantities.objects import of_objects, of_result

    parsed = expression_of(expression)
    sorted_ones = sorted_words(name, parsed, words, more=own_words(function))
    if sorted_ones.reading:
        wrong = next(iter(sorted_ones.reading))
        raise UsageError(f"{name} has no keyword {wrong}", hint="it takes numbers, texts and readings")
    given = of_result(inputs, parsed.lowered.bindable)
    if given is None:
        if not isinstance(inputs, Mapping):
            raise UsageError("the inputs are a dict by the names of variables, or the result of a fit")
        given = of_objects(inputs)
    return parsed, of_objects(sorted_ones.bindings).over(given)


def correlated(quantities: Quantities, given: Any) -> Quantities:
    """The inputs with the correlations that were given."""
    from exprgrad.quantities.correlations import correlate

    if not isinstance(given, Mapping):
        return correlate(quantities, [given] if isinstance(given, str) else list(given))
    found: dict[Pair, float] = {}
    for names, value in given.items():
        both = tuple(names.split(",")) if isinstance(names, str) else tuple(names)
        if len(both) != 2:
            raise UsageError(f"correlate takes pairs of names, not {names!r}", hint='as {("L", "T"): 0.3}')
        found[both[0].strip(), both[1].strip()] = float(value)
    return quantities.with_correlations(found)


def _names(given: Iterable[str] | str) -> tuple[str, ...]:
    """The names in a list, or in a text with commas as on the command line."""
    texts = [given] if isinstance(given, str) else given
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


def _target(given: Any) -> Target | None:
    from exprgrad.jobs.uncertainty.request import Target

    if given is None or isinstance(given, Target):
        return given
    return Target.read(given) if isinstance(given, str) else Target(float(given))


def _trials(given: int | str | bool | None) -> int | None:
    """The number of trials: 0 for none, None for as many as it takes."""
    from exprgrad.jobs.uncertainty.montecarlo.wanted import TRIALS, Wanted

    if isinstance(given, str):
        return Wanted.read(given)
    if given is None or given is False:
        return 0
    return TRIALS if given is True else given or -1


def _limits(given: Any) -> dict[str, tuple[float, float]]:
    """The limits by result, those of the only one under an empty name; None stands for an open end."""
    if given is None:
        return {}
    pairs = given if isinstance(given, Mapping) else {"": given}
    found = {}
    for name, ends in pairs.items():
        try:
            low, high = ends
        except (TypeError, ValueError):
            raise UsageError("limits are (low, high), with None for an open end") from None
        found[name] = float("-inf") if low is None else float(low), float("inf") if high is None else float(high)
        if not found[name][0] < found[name][1]:
            raise UsageError("limits are (low, high), with the lower one first")
    return found
