"""From a lowered program to the record of its derivatives as expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exprgrad.autodiff.derivative import MAX_ORDER, derivative_limit, derivatives, repeated
from exprgrad.errors import LimitError, UsageError, nearest
from exprgrad.export.latex import latex
from exprgrad.graph.infix import write_program
from exprgrad.graph.lower import Model
from exprgrad.graph.simplify import simplify
from exprgrad.results import Derivatives, Formula


def differentiate(
    model: Model, bindings: Mapping[str, float], wrt: Sequence[str] = (), *, order: int = 1, hessian: bool = False
) -> Derivatives:
    """The derivatives by each variable in `wrt` (all that are unbound by default; else all), simplified,
    with the bindings put in. With `hessian`, those of second order by each pair.

    Raises UsageError for a name that is no variable, LimitError for an order beyond MAX_ORDER.
    """
    inputs = model.graph.inputs()
    for name in wrt:
        if name not in inputs:
            guess = nearest(name, list(inputs))
            hint = f"did you mean {guess}?" if guess else f"its variables: {', '.join(inputs)}"
            raise UsageError(f"cannot differentiate by {name}: the expression has no such variable", hint=hint)
    if order > MAX_ORDER:
        raise LimitError(f"derivatives of order {order}: the limit is {MAX_ORDER}")
    names = list(dict.fromkeys(wrt)) or [name for name in inputs if name not in bindings] or list(inputs)
    graph = model.graph.copy()
    graph.limit = derivative_limit(len(graph))
    found: dict[tuple[str, ...], int] = {}
    if hessian:
        nodes = [inputs[name] for name in names]
        for first, node in zip(names, derivatives(graph, model.output, nodes), strict=True):
            for second, derivative in zip(names, derivatives(graph, node, nodes), strict=True):
                found[first, second] = derivative
    else:
        for name in names:
            found[(name,) * order] = repeated(graph, model.output, inputs[name], order)[-1]
    new, simple = simplify(graph, list(found.values()), bindings)
    formulas = [Formula(write_program(new, node), latex(new, node)) for node in simple]
    return Derivatives(write_program(model.graph, model.output, model.labels), dict(zip(found, formulas, strict=True)))
