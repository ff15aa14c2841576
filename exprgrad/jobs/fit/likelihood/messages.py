"""What a fit by maximum likelihood has to say in words."""

from __future__ import annotations

from math import sqrt

import numpy as np

from exprgrad.backends.engine import Engine
from exprgrad.columns.rows import RowSource
from exprgrad.diagnosis.lost import lost_notes
from exprgrad.errors import NumbersError
from exprgrad.jobs.fit.likelihood.model import Posed, numbers
from exprgrad.jobs.fit.likelihood.separation import MOVES
from exprgrad.jobs.fit.reduction import Floats, Rows
from exprgrad.notation.infix import write
from exprgrad.text.numbers import format_number

_EDGE = 1e-4
"""How near to the end of its range a mean is when it goes there."""
_SURE = 3.0
"""Standard deviations, from which Pearson's sum of squares is too large for chance."""


def not_finite(posed: Posed, start: Floats, source: RowSource, engine: Engine) -> NumbersError:
    """What is wrong with the mean at the start, and in which row."""
    problem, family = posed.problem, posed.choice.family
    values = numbers(posed, start, 1.0)
    model = write(problem.graph, posed.mean, limit=40)
    first = 0
    for block in Rows(problem, [posed.mean, posed.weight], source, engine, source.rows or 0).blocks(values):
        mean, weight = block.T
        outside = (weight > 0) & np.isfinite(mean) & (mean <= 0) & family.counts
        if family.trials:
            outside |= (weight > 0) & (mean >= 1)
        if outside.any():
            row = int(np.argmax(outside))
            number, place = format_number(float(mean[row])), source.place(first + row)
            between = "between 0 and 1" if family.trials else "above 0"
            instead = "sigmoid" if family.trials else "exp"
            what = f"the mean {model} is {number} at the start ({place}), and that of {family.name} is {between}"
            return NumbersError(what, hint=f"give starts where it is, or a mean that always is, as {instead}(a + b*x)")
        first += len(block)
    found = lost_notes(problem.model, values, source, engine)
    if found:
        return NumbersError(f"the model cannot be fitted from its start: {found[0]}")
    return NumbersError("the likelihood cannot be computed at the start", hint="give other starts")


def edge(posed: Posed, values: Floats, source: RowSource, engine: Engine) -> str:
    """That the likelihood is largest where some mean is at the end of its range; empty where none is."""
    problem, family, first = posed.problem, posed.choice.family, 0
    for block in Rows(problem, [posed.mean, posed.rest, posed.weight], source, engine, source.rows or 0).blocks(
        numbers(posed, values, 1.0)
    ):
        mean, rest, weight = block.T
        far = mean < _EDGE if not family.trials else (mean < _EDGE) | (rest < _EDGE)
        far &= weight > 0
        if far.any():
            row = int(np.argmax(far))
            end = 0 if mean[row] < _EDGE else 1
            instead = "sigmoid" if family.trials else "exp"
            where = f"{write(problem.graph, posed.mean, limit=40)} is {end} ({source.place(first + row)})"
            return (
                f"not converged: the likelihood grows up to where {where}, the end of what {family.name} allows; "
                f"write a mean that stays inside, as {instead}(a + b*x), or bound the parameters"
            )
        first += len(block)
    return ""


def separated(posed: Posed, direction: Floats) -> str:
    """That there is no maximum, and which parameters go to infinity."""
    sizes = np.abs(direction)
    names = [name for name, size in zip(posed.problem.names, sizes, strict=True) if size > MOVES * sizes.max()]
    *first, last = names
    go = f"{', '.join(first)} and {last} go" if first else f"{last} goes"
    if posed.choice.family.trials:
        why = "the model separates successes from failures perfectly, at least in some rows"
    else:
        why = "in some rows the counts are all 0, and the model can bring their mean to 0 alone"
    bound = f"--bound {last}=-10:10"
    return f"there is no maximum, as {go} to infinity: {why}; leave out a term, or hold it, such as {bound}"


def spread(posed: Posed, pearson: float, dof: int) -> list[str]:
    """Where counts vary more than their distribution says."""
    if posed.choice.family.name not in ("poisson", "binomial") or dof < 1:
        return []
    ratio = pearson / dof
    if ratio <= 1 + _SURE * sqrt(2 / dof):
        return []
    return [
        f"the counts vary more than {posed.choice.family.name} ones: Pearson's chi2/dof is {ratio:.3g}, so that the "
        f"standard errors are about {sqrt(ratio):.2g} times too small"
    ]


def tails(degrees: float, low: float, high: float) -> list[str]:
    """What fitted degrees of freedom say at the ends of where they are looked for."""
    if degrees >= high:
        return ["the errors have no heavy tails: the likelier, the more degrees of freedom; leave out --likelihood"]
    if degrees <= low:
        what = "the degrees of freedom go to 0, as rows that the model meets weigh more and more"
        return [f"{what}; give them, such as --likelihood student,dof=2"]
    return []
