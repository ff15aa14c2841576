"""The sensitivity of an expression to its inputs: what is checked, which method runs, and what the user is told."""

from __future__ import annotations

from collections.abc import Iterator

from exprgrad.binding import Lowered, bind_numbers
from exprgrad.errors import MissingError, UsageError
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.sensitivity.request import LOCAL, SOBOL, Request
from exprgrad.jobs.sensitivity.result import Index, Sensitivity
from exprgrad.quantities.quantities import Quantities


def sensitivity(lowered: Lowered, quantities: Quantities, request: Request) -> Sensitivity:
    """The measures of a method. Raises UsageError for names that the expression lacks, where nothing is uncertain, and
    for what the method does not take; NumbersError where the result has no variance or is not finite."""
    request.check()
    values = {name: given.value for name, given in quantities.values.items()}
    model, bound = bind_numbers(lowered, values, complete=True)
    reached = cone(model.graph, [model.output])
    used = {name: node for name, node in model.graph.inputs().items() if node in reached}
    if request.method == LOCAL:
        return _local(model, bound.numbers, quantities, used, request)
    return _sampled(model, bound.numbers, quantities, used, request)


def _local(
    model: Model, numbers: dict[str, float], quantities: Quantities, used: dict[str, int], request: Request
) -> Sensitivity:
    """At the estimates."""
    from exprgrad.jobs.sensitivity.methods.local import local

    if not used:
        raise UsageError("the result depends on no input")
    found, value, size = local(model, numbers, quantities, used)
    order = _order(found)
    measures = {name: _sorted(each, order) for name, each in found.items()}
    text = model.source.text.strip()
    return Sensitivity(text, request.method, measures, 1, request.seed, request.coverage, 1, value, size)


def _sampled(
    model: Model, numbers: dict[str, float], quantities: Quantities, used: dict[str, int], request: Request
) -> Sensitivity:
    """By points."""
    try:
        from exprgrad.jobs.sensitivity.methods.table import method_of
        from exprgrad.jobs.sensitivity.sampling.run import run
        from exprgrad.jobs.sensitivity.sampling.space import Problem
    except ImportError as error:
        raise MissingError("sensitivity", error.name or "", "data") from None
    drawn = {
        name: distribution
        for name in used
        if (given := quantities.values.get(name)) is not None and (distribution := given.distribution) is not None
    }
    if not drawn:
        name = next(iter(used), "x")
        raise UsageError(
            "every input is exact, so none has a share in a variance",
            hint=f'give a distribution: --{name} "uniform(0, 1)"',
        )
    tied = {names: r for names, r in quantities.correlations.items() if r and drawn.keys() >= set(names)}
    problem = Problem(model.graph, model.output, numbers, drawn, tied)
    method = method_of(problem, request)
    found = run(method, request)
    order = _order(found.measures)
    measures = {name: _sorted(each, order) for name, each in found.measures.items()}
    result = Sensitivity(
        model.source.text.strip(),
        request.method,
        measures,
        found.n,
        request.seed,
        request.coverage,
        found.n * method.cost,
        found.mean,
        found.standard_deviation,
    )
    return result._replace(notes=tuple(_notes(result, quantities, request, found.reached)))


def _order(measures: dict[str, dict[str, Index]]) -> list[str]:
    """The inputs by the size of their first measure."""
    first = next(iter(measures.values()))
    return sorted(first, key=lambda name: -abs(first[name].value))


def _sorted(each: dict[str, Index], order: list[str]) -> dict[str, Index]:
    """A measure of inputs in an order; of pairs by its size."""
    if each.keys() == set(order):
        return {name: each[name] for name in order}
    return dict(sorted(each.items(), key=lambda item: -abs(item[1].value)))


def _notes(result: Sensitivity, quantities: Quantities, request: Request, reached: float) -> Iterator[str]:
    """What the user should know of the numbers."""
    named = result.names
    if exact := [name for name, given in quantities.values.items() if given.is_exact]:
        yield f"{', '.join(exact)} {'is' if len(exact) == 1 else 'are'} exact, and left out"
    if idle := [name for name, given in quantities.values.items() if not given.is_exact and name not in named]:
        yield f"the result does not depend on {', '.join(idle)}"
    if request.n is not None and request.points != request.n:
        yield f"--n {request.n} is rounded up to a power of two, {result.n:,}"
    if request.n is None and reached > request.tolerance:
        yield (
            f"auto stopped at {result.n:,} points: intervals of ±{reached:.2g} were reached, "
            f"and not ±{request.tolerance:g}"
        )
    if request.method == SOBOL and len(named) == 1:
        yield f"{named[0]} is the only uncertain input, so all of the variance is its share"
