"""How large a parameter may be: by its unit, which follows from those of the columns.

In `exp(-b*x)` the operand has no unit, so b is one over an x; in `x/(k + x)` k is an x. Each operation of the formula
says something of this kind, linear in the exponents of the units, and the exponents that contradict it least are taken.
"""

from __future__ import annotations

import numpy as np

from exprgrad.functions.table import FUNCTIONS
from exprgrad.graph.reach import needed
from exprgrad.jobs.fit.problem import Problem
from exprgrad.jobs.fit.reduction import Floats


def units(problem: Problem, names: list[str]) -> Floats:
    """The exponents [parameters, columns + 1] of the unit of each parameter, in units of these columns and, last, of
    the response."""
    graph, count = problem.graph, len(problem.names)
    size = count * (width := len(names) + 1)
    known = {name: k for k, name in enumerate(names)}
    own = {name: k for k, name in enumerate(problem.names)}
    rows: list[Floats] = []
    rights: list[Floats] = []
    # A unit is [width, parameters + 1]: for each exponent a linear form in the unknown ones, and a number.
    found: dict[int, Floats] = {}

    def equal(one: Floats, other: Floats) -> None:
        gap = one - other
        if gap[:, :count].any():
            for k in range(width):
                row = np.zeros(size)
                row[np.arange(count) * width + k] = gap[k, :count]
                rows.append(row)
                rights.append(np.array(-gap[k, count]))

    none = np.zeros((width, count + 1))
    for node in needed(graph, [problem.model.output]):
        operation, operands = graph.operations[node], [found[k] for k in graph.operands[node]]
        name = graph.name(node)
        unit = none.copy()
        if name is not None and name in own:
            unit[:, own[name]] = 1.0
            unit = np.where(np.arange(count + 1) == own[name], 1.0, 0.0) * np.ones((width, 1))
        elif name is not None and name in known:
            unit[known[name], count] = 1.0
        elif operation in FUNCTIONS and (power := FUNCTIONS[operation].unit) is not None:
            for other in operands[1:]:
                equal(operands[0], other)
            unit = power * operands[0]
        elif operation in ("mul", "div"):
            unit = operands[0] + operands[1] if operation == "mul" else operands[0] - operands[1]
        elif operation == "pow":
            exponent = graph.number(graph.operands[node][1])
            equal(operands[1], none)
            unit = operands[0] * (1.0 if exponent is None else exponent)
        elif operation == "where":
            equal(operands[1], operands[2])
            unit = operands[1]
        else:
            for operand in operands:
                equal(operand, none)
        found[node] = unit
    response = none.copy()
    response[-1, count] = 1.0
    equal(found[problem.model.output], response)
    if not rows:
        return np.zeros((count, width))
    solution = np.linalg.lstsq(np.array(rows), np.array(rights), rcond=None)[0]
    exponents: Floats = np.round(solution.reshape(count, width), 3)
    return exponents
