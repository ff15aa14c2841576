"""Value and derivatives of a graph as balls, at a precision that is doubled until they are narrow enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import process_time
from typing import NamedTuple

from exprgrad.autodiff.reverse import active, adjoint_at, adjoints
from exprgrad.autodiff.series import SeriesArithmetic, series
from exprgrad.backends.balls.arithmetic import Balls, ExhaustedError, Literal, Literals
from exprgrad.backends.balls.kinks import Kinks
from exprgrad.backends.balls.missing import without_formula
from exprgrad.backends.balls.numbers import FALSE, TRUE, UNKNOWN, Ball, arb, precision
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph
from exprgrad.notation.infix import write

MAX_BITS = 1 << 15
"""Bits of precision at which a number is given up that needs no more than a float's digits."""
EFFORT = 10.0
"""Seconds of the processor after which what is undecided stays so."""
_LOST = 4096
"""Bits from which on a number is no finite real number that is none on the interpreter, either: 1 - exp(-x^2) takes
2,200 to be told from 0."""
_OPEN = 4096
"""Bits from which on a kink that may be there is taken to stay open, and what counts as 0 to be 0."""
_GROWTH = 4
"""How much longer a rung may take than the one before: where there is no time for that, it is not begun."""
_LABEL = 40
"""Characters of an expression that a reason quotes."""

Key = tuple[str, tuple[int, ...]]
"""A number that is wanted: VALUE, TANGENT, ("value", (node,)), or "derivative" with the nodes that it is taken with
respect to, one after the other."""


class Given(NamedTuple):
    """A constant expression: the value of a variable."""

    graph: Graph
    output: int
    literals: Literals


class Problem(NamedTuple):
    """What is to be proved, and at which point."""

    graph: Graph
    output: int
    inputs: Mapping[str, float | Given]
    """The values of the variables: floats, or constant expressions."""
    literals: Literals | None = None
    values: Sequence[int] = ()
    """The nodes whose value is wanted beside that of the output."""
    slopes: Sequence[int] = ()
    """The nodes with respect to which the derivative is wanted."""
    variables: Sequence[int] = ()
    """The nodes with respect to which derivatives of higher order are wanted."""
    order: int = 1
    hessian: bool = False
    direction: Mapping[int, float] = {}


class Proof(NamedTuple):
    """A number in its ball, UNKNOWN where it may not exist, and why it is undecided; empty where it is decided."""

    ball: Ball
    reason: str = ""


class Rung(NamedTuple):
    """What was found at one precision."""

    balls: dict[Key, Ball]
    value: Ball
    kinks: Mapping[Key, tuple[bool, str]]
    """For derivatives that do not exist: whether that is certain, and why."""
    jump: str
    """A function that is at a kink, or may be; empty where there is none."""


def prove(
    problem: Problem,
    decides: Callable[[Key, Ball], bool],
    vanishes: Callable[[Key, Ball], bool],
    lost: Callable[[Key], bool],
    bits: int = 128,
    most: int = MAX_BITS,
    effort: float = EFFORT,
) -> dict[Key, Proof]:
    """Each number that is wanted, with a ball that `decides`, or with the reason why there is none.

    `vanishes` says that a ball around 0 is so narrow that it counts as an exact zero, which balls cannot tell; `lost`
    that a number is none on the interpreter.
    """
    found: dict[Key, Proof] = {}
    rung: Rung | None = None
    begin, first, reason = process_time(), bits, ""
    missing = without_formula(problem.graph, problem.output, {*problem.slopes, *problem.variables, *problem.direction})
    end = begin + effort
    while not reason:
        start = process_time()
        try:
            with precision(bits):
                rung = _rung(problem, Balls(end=end), Balls(strict=True, end=end))
        except ExhaustedError:
            reason = f"out of effort: {effort:g} seconds"
            break
        for key, ball in rung.balls.items():
            if key not in found:
                proof = _settled(key, ball, rung, decides, vanishes, lost, bits, bits >= max(_OPEN, 4 * first))
                if proof is None and bits > first and not ball.is_finite():
                    proof = _formless(key, problem, missing)
                if proof is not None:
                    found[key] = proof
        if len(found) == len(rung.balls):
            return found
        bits *= 2
        if bits > most:
            reason = f"out of effort: {most:,} bits"
        elif process_time() + _GROWTH * (process_time() - start) > end:
            reason = f"out of effort: {effort:g} seconds"
    for key in keys(problem):
        if key not in found:
            kink = rung.kinks.get(key) if rung else None
            ball = rung.balls[key] if rung and not kink else UNKNOWN
            found[key] = Proof(ball, f"it may be at {kink[1]}" if kink else reason)
    return found


def _settled(
    key: Key,
    ball: Ball,
    rung: Rung,
    decides: Callable[[Key, Ball], bool],
    vanishes: Callable[[Key, Ball], bool],
    lost: Callable[[Key], bool],
    bits: int,
    last: bool,
) -> Proof | None:
    """What is known of a number for good at this precision, which is the `last` at which a kink is looked for."""
    kink = rung.kinks.get(key)
    if kink and kink[0]:
        return Proof(UNKNOWN, kink[1])
    own = key[0] == "value" and ball.is_finite()  # that of a variable or an intermediate, whatever the result is
    if not rung.value.is_finite() and not own:
        none = bits >= _LOST and (lost(key) or lost(VALUE))
        return Proof(UNKNOWN, "no finite number found") if none else None
    if kink:
        return Proof(UNKNOWN, f"it may be at {kink[1]}") if last else None
    if not ball.is_finite():
        return Proof(ball, "no finite number found") if bits >= _LOST and lost(key) else None
    if decides(key, ball):
        return Proof(ball)
    if last and key[0] == "value" and rung.jump:
        return Proof(ball, f"it may be at a jump: {rung.jump}")
    if last and ball.contains(0) and vanishes(key, ball):
        return Proof(ball, "an exact zero, or next to it")
    return None


def _formless(key: Key, problem: Problem, missing: Mapping[int, str]) -> Proof | None:
    """What is said of a derivative that is no number where a function on the way has no formula of its own."""
    kind, nodes = key
    reasons = [missing[node] for node in nodes or problem.direction if node in missing]
    return Proof(UNKNOWN, reasons[0]) if kind != "value" and reasons else None


VALUE: Key = ("value", ())
"""The value of the output."""
TANGENT: Key = ("tangent", ())
"""Its derivative along the direction."""


def derivative(*nodes: int) -> Key:
    """The key of a derivative."""
    return "derivative", nodes


def keys(problem: Problem) -> list[Key]:
    """All numbers that are wanted."""
    variables = problem.variables
    wanted: list[Key] = [VALUE, *(("value", (node,)) for node in problem.values)]
    wanted += [derivative(node) for node in problem.slopes]
    wanted += [derivative(*(node,) * k) for node in variables for k in range(2, problem.order + 1)]
    if problem.hessian:
        wanted += [derivative(x, y) for x in variables for y in variables if problem.order < 2 or x != y]
    return [*wanted, TANGENT] if problem.direction else wanted


def _rung(problem: Problem, balls: Balls, strict: Balls) -> Rung:
    """All numbers at the current precision."""
    graph, output = problem.graph, problem.output
    inputs = {name: _input(value, balls) for name, value in problem.inputs.items()}
    values = forward(graph, Literal(balls, problem.literals), inputs)
    found: dict[Key, Ball] = {VALUE: values[output]} | {("value", (node,)): values[node] for node in problem.values}
    slopes = adjoints(graph, output, values, strict, problem.slopes) if problem.slopes else []
    found |= {derivative(node): adjoint_at(slopes, node, FALSE) for node in problem.slopes}
    kinks = Kinks(balls)
    marks = kinks.nodes(graph, output, values)
    inner: dict[Key, tuple[bool, str]] = {}
    if problem.order > 1:
        for node in problem.variables:
            kinks.least = None
            (terms,) = series(graph, values, strict, {node: TRUE}, problem.order, [output], watch=kinks.watch)
            for k in range(2, problem.order + 1):
                key, term = derivative(*(node,) * k), terms[k]
                found[key] = FALSE if term is None else term
                if kink := kinks.below(k):
                    inner[key] = kink
    if problem.hessian:
        _hessian(problem, values, strict, kinks, found, inner)
    if problem.direction:
        rates = {node: arb(rate) for node, rate in problem.direction.items()}
        (terms,) = series(graph, values, strict, rates, 1, [output])
        found[TANGENT] = FALSE if terms[1] is None else terms[1]
    balls_of = {key: found[key] for key in keys(problem)}
    jump = write(graph, min(marks), limit=_LABEL) if marks else ""
    return Rung(balls_of, values[output], {**inner, **_marked(problem, marks, found)}, jump)


def _hessian(
    problem: Problem,
    values: Sequence[Ball],
    strict: Balls,
    kinks: Kinks,
    found: dict[Key, Ball],
    inner: dict[Key, tuple[bool, str]],
) -> None:
    """Add the second derivatives: how the gradient changes along each variable, by a reverse pass on series."""
    graph, output, variables = problem.graph, problem.output, problem.variables
    for x in variables:
        kinks.least = None
        powers = SeriesArithmetic(strict, 1, watch=kinks.watch)
        nodes = powers.nodes(graph, values, {x: TRUE}, output)
        powers.level = 1
        slopes = adjoints(graph, output, nodes, powers, variables)
        ends = [adjoint_at(slopes, y, powers.fixed(FALSE)) for y in variables]
        powers.solve(ends)
        for y, end in zip(variables, ends, strict=True):
            key, term = derivative(x, y), end.terms[1] if end.moves else None
            found[key] = FALSE if term is None else term
            if kink := kinks.below(2):
                inner[key] = kink


def _marked(problem: Problem, marks: Mapping[int, bool], found: Mapping[Key, Ball]) -> dict[Key, tuple[bool, str]]:
    """The derivatives that depend on a node at a kink."""
    graph, blocked = problem.graph, dict[Key, tuple[bool, str]]()
    for node, certain in marks.items():
        text, name = write(graph, node, limit=_LABEL), graph.name(node)
        what = certain, f"{name} is a whole number here, an order" if name else f"a kink: {text}"
        reached: dict[int, bytearray] = {}
        for key in found:
            kind, variables = key
            if kind == "value" or (key in blocked and (blocked[key][0] or not certain)):
                continue
            if any(_reaches(graph, node, variable, reached) for variable in variables or problem.direction):
                blocked[key] = what
    return blocked


def _reaches(graph: Graph, node: int, variable: int, reached: dict[int, bytearray]) -> bool:
    """Whether a node depends on a variable."""
    if variable not in reached:
        reached[variable] = active(graph, node, [variable])
    return bool(reached[variable][node])


def _input(value: float | Given, balls: Balls) -> Ball:
    if isinstance(value, Given):
        return forward(value.graph, Literal(balls, value.literals), {})[value.output]
    return arb(value)
