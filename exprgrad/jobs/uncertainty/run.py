"""The uncertainty of an expression: the linear law first, then what else is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from exprgrad.backends import interpreter
from exprgrad.binding import Lowered, bind_numbers
from exprgrad.errors import NumbersError, UsageError
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.uncertainty.clauses import clauses
from exprgrad.jobs.uncertainty.linear.propagation import (
    Slopes,
    budget,
    correlated,
    effective_dof,
    matrix,
    measured,
    standard_uncertainty,
)
from exprgrad.jobs.uncertainty.request import Request
from exprgrad.jobs.uncertainty.result import Goal, Measured, Second, Uncertainty
from exprgrad.notation.infix import write_program
from exprgrad.quantities.quantities import Quantities
from exprgrad.quantities.slopes import slopes
from exprgrad.text.spelling import did_you_mean


def uncertainty(lowered: Lowered, quantities: Quantities, request: Request) -> Uncertainty:
    """The results of an expression with their uncertainties. Raises UsageError for names that the expression lacks and
    where nothing is uncertain, NumbersError where there is no derivative."""
    request.check()
    model, inputs = bind_numbers(
        lowered, {name: given.value for name, given in quantities.values.items()}, complete=True
    )
    if not quantities.uncertain:
        name = next(iter(quantities.values), "x")
        raise UsageError("every input is exact, and so is the result", hint=f"give an uncertainty: --{name} 1.00±0.05")
    outputs = results_of(model, request.results)
    if request.limits:
        from exprgrad.jobs.uncertainty.uses.conformity import check_limits

        request = request._replace(limits=check_limits(dict(request.limits), list(outputs)))
    used = model.graph.inputs()
    wrt = {name: used[name] for name in quantities.values if name in used}
    values = interpreter.evaluate(model.graph, inputs.numbers)
    uncertain = [name for name in wrt if quantities.values[name].uncertainty]
    kept = quantities._replace(values={name: quantities.values[name] for name in wrt})
    try:
        every = {name: slopes(model, node, values, wrt, uncertain) for name, node in outputs.items()}
    except NumbersError as error:
        if request.montecarlo is None:
            raise
        from exprgrad.jobs.uncertainty.montecarlo.beside import instead

        return instead(model, outputs, inputs.numbers, kept, request, error)
    found: dict[str, Measured] = {}
    for name, node in outputs.items():
        size = standard_uncertainty(every[name], kept)
        found[name] = measured(values[node], size, effective_dof(every[name], kept), request.coverage)
    second = _second(model, outputs, inputs.numbers, every, kept, request) if request.second_order else {}
    lines = [line for name in outputs for line in budget(name, every[name], found[name].standard_uncertainty, kept)]
    notes = [*_notes(every, kept, found, second, request)]
    result = Uncertainty(
        model.source.text.strip(),
        request.coverage,
        found,
        tuple(lines),
        matrix(every, kept),
        second,
        notes=tuple(notes),
    )
    if request.montecarlo is not None:
        from exprgrad.jobs.uncertainty.montecarlo.beside import beside

        result = beside(result, model, outputs, inputs.numbers, kept, request)
    return _used(result, every, kept, request)


def results_of(model: Model, wanted: tuple[str, ...] = ()) -> dict[str, int]:
    """The nodes of the results by name: those `wanted`, or the last one and each named value that no other one uses."""
    named, whole = model.intermediates, model.name or write_program(model.graph, model.output, model.labels)
    for name in wanted:
        if name not in named:
            listed = f"named values: {', '.join(named)}" if named else "name them as in p = …; q = …"
            raise UsageError(
                f"--results: the expression gives nothing the name {name}", hint=did_you_mean(name, list(named), listed)
            )
    if wanted:
        return {name: named[name] for name in wanted}
    graph = model.graph
    used = cone(graph, [operand for end in {*named.values(), model.output} for operand in graph.operands[end]])
    known = {*graph.inputs().values()}
    last_of = {n: name for name, n in named.items() if (graph.operands[n] or n in known) and n not in used}
    found = {name: node for node, name in last_of.items()}
    return found if model.output in found.values() else {**found, whole: model.output}


def _second(
    model: Model,
    outputs: Mapping[str, int],
    numbers: Mapping[str, float],
    every: Mapping[str, Slopes],
    quantities: Quantities,
    request: Request,
) -> dict[str, Second]:
    from exprgrad.jobs.uncertainty.beyond.second import second_order

    found = {}
    for name, node in outputs.items():
        bias, size = second_order(model.graph, node, numbers, every[name], quantities)
        value = interpreter.evaluate(model.graph, numbers)[node] + bias
        dof = effective_dof(every[name], quantities) if any(every[name].values()) else inf
        each = measured(value, size, dof, request.coverage)
        found[name] = Second(value, bias, size, each.coverage_factor, each.expanded_uncertainty, each.low, each.high)
    return found


def _used(result: Uncertainty, every: Mapping[str, Slopes], quantities: Quantities, request: Request) -> Uncertainty:
    """The result with what it is wanted for: goals, conformity, clauses."""
    if request.target is not None:
        from exprgrad.jobs.uncertainty.uses.target import goals, wanted_size

        reached: list[Goal] = []
        for name, one in result.results.items():
            reached += goals(name, wanted_size(request.target, one, request.coverage), every[name], quantities)
        result = result._replace(goals=tuple(reached))
    if request.limits:
        from exprgrad.jobs.uncertainty.uses.conformity import conformities

        result = result._replace(conformity=conformities(request.limits, result.results, result.montecarlo))
    if request.explain:
        of_readings = any(given.name == "student" for given in quantities.values.values())
        shown = clauses(
            request,
            several=len(result.results) > 1,
            correlated=any(correlated(one, quantities) for one in every.values()),
            readings=of_readings,
            dof=any(line.dof < inf for line in result.budget),
        )
        result = result._replace(clauses=shown)
    return result


def _notes(
    every: Mapping[str, Slopes],
    quantities: Quantities,
    found: Mapping[str, Measured],
    second: Mapping[str, Second],
    request: Request,
) -> Iterator[str]:
    """What the user should know of the numbers."""
    if refused := [name for name, one in found.items() if one.dof != one.dof]:
        yield (
            f"{', '.join(refused)}: no effective degrees of freedom, as inputs that contribute are correlated: "
            "the coverage factor is that of the normal distribution"
        )
    for name, one in found.items():
        moved = any(every[name][each] for each in quantities.uncertain)
        if one.standard_uncertainty == 0 and moved:
            yield f"the contributions to {name} cancel, as the inputs are fully correlated"
        elif one.standard_uncertainty == 0 and not request.second_order:
            yield f"all derivatives of {name} are 0, so the linear law gives no uncertainty: add --second-order"
    for name, more in second.items():
        if more.standard_uncertainty == 0:
            yield f"all derivatives of {name} of first and second order are 0: propagate with --montecarlo"
    if request.second_order:
        others = [name for name in quantities.uncertain if quantities.values[name].name not in ("normal", "student")]
        if others:
            listed = ", ".join(others)
            verb = "is" if len(others) == 1 else "are"
            yield f"the terms of second order are those of normal inputs, which {listed} {verb} not"
