"""Graph to presentation MathML."""

from __future__ import annotations

from html import escape

from exprgrad.functions.precedence import ATOM, POWER, PRODUCT, SIGNED
from exprgrad.functions.table import CONSTANTS, FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.notation.names import GREEK, divided
from exprgrad.notation.parts import Part, Parts, spell, typeset, without_defaults
from exprgrad.text.numbers import format_number

OPEN = '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">'
_CONSTANTS = {"π": "<mi>π</mi>", "pi": "<mi>π</mi>", "e": "<mi>e</mi>", "tau": "<mi>τ</mi>", "inf": "<mi>∞</mi>"}


def mathml(graph: Graph, root: int) -> str:
    """The elements of a node's expression."""
    constants = {v.hex(): _CONSTANTS[k] for k, v in CONSTANTS.items() if k in _CONSTANTS and not graph.has_input(k)}

    def parts(node: int) -> Parts:
        number, variable = graph.number(node), graph.name(node)
        if variable is not None:
            return Parts(ATOM, [name(variable)])
        if number is not None:
            found = constants.get(number.hex())
            return Parts(ATOM, [found]) if found else _number(number)
        return _operation(graph, node)

    return spell(root, parts, ("<mrow><mo>(</mo>", "<mo>)</mo></mrow>"))


def left(function: str, variables: tuple[str, ...], wrt: tuple[str, ...]) -> str:
    """What stands before the equals sign: the function, or its derivative with respect to these variables."""
    if not wrt:
        listed = "<mo>,</mo>".join(map(name, variables))
        return f"{name(function)}<mo>(</mo>{listed}<mo>)</mo><mo>=</mo>"
    power = f"<msup><mo>∂</mo><mn>{len(wrt)}</mn></msup>" if len(wrt) > 1 else "<mo>∂</mo>"
    below = "".join(f"<mo>∂</mo>{name(variable)}" for variable in wrt)
    return f"<mfrac><mrow>{power}{name(function)}</mrow><mrow>{below}</mrow></mfrac><mo>=</mo>"


def name(variable: str) -> str:
    """A variable's name, divided as LaTeX has it: Greek letters, and digits and what follows `_` as subscripts."""
    stem, index = divided(variable)
    text = f"<mi>{GREEK.get(stem, escape(stem))}</mi>"
    if not index:
        return text
    kind = "mn" if index.isdigit() else "mi"
    return f"<msub>{text}<{kind}>{escape(index)}</{kind}></msub>"


def _number(value: float) -> Parts:
    sign = "<mo>−</mo>" if format_number(value).startswith("-") else ""
    mantissa, exponent, power = format_number(value).lstrip("-").partition("e")
    text = f"{sign}<mn>{mantissa}</mn>"
    if exponent:
        raised = f"<mo>−</mo><mn>{-int(power)}</mn>" if int(power) < 0 else f"<mn>{int(power)}</mn>"
        text += f"<mo>·</mo><msup><mn>10</mn><mrow>{raised}</mrow></msup>"
    return Parts(SIGNED if sign or exponent else ATOM, [text])


def _operation(graph: Graph, node: int) -> Parts:
    operation, operands = graph.operations[node], without_defaults(graph, node)
    if operation == "mul":
        x, y = operands
        short = graph.name(y) is not None and (graph.leaves.get(x) is not None or graph.operations[x] == "mul")
        return Parts(PRODUCT, [(x, PRODUCT), "<mo>&#x2062;</mo>" if short else "<mo>·</mo>", (y, POWER)])
    function = FUNCTIONS.get(operation)
    if function is not None and function.mathml:
        return typeset(function, function.mathml, operands)
    parts: list[Part] = [f"<mi>{escape(operation)}</mi><mo>&#x2061;</mo><mrow><mo>(</mo>"]
    for operand in operands:
        parts += [(operand, 0), "<mo>,</mo>"]
    return Parts(ATOM, [*parts[:-1], "<mo>)</mo></mrow>"])
