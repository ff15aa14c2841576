"""Parameters that follow from others, as "b = 2*a": they are replaced in the formula, and found again after the fit.

The covariance of the tied parameters is that of the others by the derivatives of what they stand for: G*C*G' (the
delta method; Casella and Berger 2002, Statistical Inference, 5.5.4).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from math import inf

import numpy as np

from exprgrad.binding import Lowered
from exprgrad.errors import ExpressionError, UsageError
from exprgrad.graph.graph import Graph
from exprgrad.graph.lower import Model
from exprgrad.graph.reach import cone
from exprgrad.jobs.fit import messages, statistics
from exprgrad.jobs.fit.constraints.expressions import Expressions, parsed
from exprgrad.jobs.fit.request import Request
from exprgrad.jobs.fit.result import Fit
from exprgrad.syntax import parse
from exprgrad.text.spelling import did_you_mean


def fit_tied(
    model: Model, values: Mapping[str, float], columns: Collection[str], request: Request,
    fit: Callable[[Model, Mapping[str, float], Request], Fit],
) -> Fit:  # fmt: skip
    """The fit of a formula with ties. `fit` fits the one in which they are replaced.

    Raises UsageError for ties of what is no parameter, to what is none, or in a circle.
    """
    names = [name for name in model.graph.inputs() if name not in columns]
    new = new_names(request.tie, [*names, *columns], values)
    ties = parsed_ties(request.tie, names, columns, new)
    for name in ties:
        if name in request.fix or name in request.bound:
            option = "--fix" if name in request.fix else "--bound"
            raise UsageError(f"{name} is tied to other parameters, and {option} names it", hint="give one of the two")
        if name in values and name not in model.defaults:
            raise UsageError(f"{name} is tied to other parameters: it has no start", hint=f"leave out --{name}")
    order = in_order(ties)
    kept = {name: value for name, value in values.items() if name not in ties}
    replaced = _replaced(model, {name: ties[name] for name in order})
    found = _widened(model, fit(replaced, kept, request._replace(tie=())), ties, order)
    notes = [_of_new(name, names) for name in new if name not in {*values, *ties}]
    notes += [note for right in _right_sides(request.tie) for note in right.constant_notes({*values, *names})]
    said = (*found.explanation, *(f"{text} is a tie, which the formula had in it." for text in request.tie))
    return found._replace(
        notes=(*found.notes, *notes), constraints=(*found.constraints, *request.tie), explanation=said
    )


def new_names(texts: Sequence[str], known: Collection[str], given: Collection[str]) -> list[str]:
    """The variables of ties that are not known: parameters of their own. Constants of the language are such where they
    are `given` a value. Of texts that are no ties there are none."""
    found: list[str] = []
    for lowered in _right_sides(texts):
        constants = [name for name in sorted(lowered.model.constants) if name in given]
        found += [name for name in (*lowered.variables, *constants) if name not in known]
    return list(dict.fromkeys(found))


def _right_sides(texts: Sequence[str]) -> Iterator[Lowered]:
    for text in texts:
        with suppress(ExpressionError):
            yield Lowered(parse(text.partition("=")[2]))


def _of_new(name: str, names: Sequence[str]) -> str:
    """What is said of a parameter that is only in ties, as it may be a mistake."""
    meant = did_you_mean(name, list(names), "")
    return f"{name} stands in --tie alone, and is a parameter of its own{f'; {meant}' if meant else ''}"


def parsed_ties(
    texts: Sequence[str], names: Sequence[str], columns: Collection[str], new: Sequence[str] = ()
) -> dict[str, Model]:
    """What each tied parameter stands for: an expression of the others, and of `new` ones."""
    ties: dict[str, Model] = {}
    for text in texts:
        name, sign, what = (part.strip() for part in text.partition("="))
        if not sign or not name.isidentifier() or not what or what.startswith("="):
            raise UsageError(f"--tie takes NAME=EXPRESSION, not {text!r}", hint='for example "b = 2*a"')
        if name in columns:
            raise UsageError(f"a tie is on {name}, which is a column", hint="a tie is between parameters")
        if name not in names and name not in new:
            raise UsageError(f"a tie is on {name}, which is no parameter", hint=f"they are {', '.join(names)}")
        if name in ties:
            raise UsageError(f"{name} has two ties")
        ties[name] = parsed(what, "a tie", [*names, *new])
    return ties


def in_order(ties: Mapping[str, Model]) -> list[str]:
    """The tied parameters, each after those that it stands on. Raises UsageError for a circle."""
    found: list[str] = []
    while len(found) < len(ties):
        ready = [
            name
            for name, model in ties.items()
            if name not in found and not (set(ties) - set(found)) & set(model.graph.inputs())
        ]
        if not ready:
            circle = [name for name in ties if name not in found]
            what = (
                f"{circle[0]} is tied to itself"
                if len(circle) == 1
                else f"the ties of {', '.join(circle)} go in a circle"
            )
            raise UsageError(what, hint="tie them to parameters that are free")
        found += ready
    return found


def _replaced(model: Model, ties: Mapping[str, Model]) -> Model:
    """The formula in which tied parameters are what they stand for. `ties` are in order."""
    assert model.response is not None
    graph = Graph()
    graph.limit = model.graph.limit
    for name in model.graph.inputs():  # before those that stand in ties alone
        if name not in ties:
            graph.input(name)
    known: dict[str, int] = {}
    for name, tie in ties.items():
        known[name] = _copied(tie.graph, graph, [tie.output], known)[tie.output]
    nodes = _copied(model.graph, graph, [model.response, model.output], known)
    parameters = tuple(parameter for parameter in model.parameters if parameter.name not in ties)
    defaults = {name: value for name, value in model.defaults.items() if name not in ties}
    return model._replace(
        graph=graph, response=nodes[model.response], output=nodes[model.output], parameters=parameters,
        defaults=defaults, intermediates={}, labels={},
    )  # fmt: skip


def _copied(old: Graph, new: Graph, nodes: Sequence[int], known: Mapping[str, int]) -> dict[int, int]:
    """Nodes and what they are computed from, in another graph in which some variables are nodes already."""
    found: dict[int, int] = {}
    for node in sorted(cone(old, nodes)):
        name = old.name(node)
        if name is not None and name in known:
            found[node] = known[name]
        else:
            found[node] = new.like(old, node, [found[operand] for operand in old.operands[node]])
    return found


def _widened(model: Model, found: Fit, ties: Mapping[str, Model], order: Sequence[str]) -> Fit:
    """The fit with the tied parameters among the others."""
    names = list(found.parameters)
    numbers = {name: estimate.value for name, estimate in found.parameters.items()}
    values, slopes = dict(numbers), {name: np.eye(len(names))[k] for k, name in enumerate(names)}
    for name in order:
        inner = [each for each in ties[name].graph.inputs() if each not in found.fixed]
        tie = Expressions([ties[name]], inner, found.fixed)
        at = np.array([values[each] for each in inner])
        values[name] = float(tie.values(at)[0])
        parts = [slope * slopes[each] for each, slope in zip(inner, tie.slopes(at)[0], strict=True)]
        slopes[name] = np.sum([np.zeros(len(names)), *parts], axis=0)
    everything = [*names, *order]
    whole = np.array([slopes[name] for name in everything]).reshape(len(everything), len(names))
    covariance = np.array(found.covariance).reshape(len(names), len(names))
    lost = np.isnan(np.diag(covariance))
    wide = whole @ np.where(np.isnan(covariance), 0.0, covariance) @ whole.T
    nothing = (whole[:, lost] != 0).any(axis=1) | ((whole != 0).sum(axis=1) == 0)
    wide[nothing] = wide[:, nothing] = np.nan
    dof = found.dof if found.errors == "relative" else inf
    tied = {}
    for k, name in enumerate(order, len(names)):
        tied[name] = statistics.estimate(values[name], float(wide[k, k]), dof, found.confidence)
    return found._replace(
        expression=messages.formula(model),
        parameters={**found.parameters, **tied},
        covariance=tuple(tuple(map(float, row)) for row in wide),
    )
