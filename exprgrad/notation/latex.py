"""Graph to LaTeX: operators by precedence, functions by the templates of the table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from exprgrad.functions.precedence import ATOM, POWER, PRODUCT, SIGNED
from exprgrad.functions.table import CONSTANTS, FUNCTIONS
from exprgrad.graph.graph import Graph
from exprgrad.notation.names import GREEK, divided
from exprgrad.notation.parts import Part, Parts, spell, typeset, without_defaults
from exprgrad.notation.repeats import with_names
from exprgrad.notation.size import TYPESET, size
from exprgrad.text.numbers import format_number

_CONSTANTS = {"π": r"\pi", "pi": r"\pi", "e": "e", "tau": r"\tau", "inf": r"\infty", "nan": r"\mathrm{nan}"}


def latex(graph: Graph, root: int, names: Mapping[int, str] | None = None) -> str:
    """The expression of a node, for math mode. Nodes in `names` stand as their name, which is a variable's."""
    named = names or {}
    constants = {value.hex(): _CONSTANTS[name] for name, value in CONSTANTS.items() if not graph.has_input(name)}

    def parts(node: int) -> Parts:
        number, variable = graph.number(node), named.get(node) or graph.name(node)
        if variable is not None:
            return Parts(ATOM, [name(variable)])
        if number is not None:
            text = constants.get(number.hex()) or _number(number)
            return Parts(SIGNED if text.startswith("-") or "cdot" in text else ATOM, [text])
        return _operation(graph, node)

    return spell(root, parts, (r"\left(", r"\right)"))


def latex_program(graph: Graph, root: int) -> str:
    """The expression of a node, for math mode. What is too long to be typeset names its repeated parts first."""
    if size(graph, root) <= TYPESET:
        return latex(graph, root)
    return r";\quad ".join(with_names(graph, root, {}, partial(latex, graph), lambda t, text: f"{name(t)} = {text}"))


def left(function: str, variables: tuple[str, ...], wrt: tuple[str, ...]) -> str:
    """What stands before the formula: the function, or its derivative with respect to these variables, and `=`."""
    called = name(function)
    if not wrt:
        return f"{called}({', '.join(map(name, variables))}) = "
    return f"{derivative(called, wrt)} = "


def derivative(of: str, wrt: tuple[str, ...]) -> str:
    """The sign of a derivative with respect to these variables, as a fraction; `of` is LaTeX."""
    power = f"^{{{len(wrt)}}}" if len(wrt) > 1 else ""
    if len(set(wrt)) == 1:
        below = rf"\partial {name(wrt[0])}{power}"
    else:
        below = " ".join(rf"\partial {name(variable)}" for variable in wrt)
    return rf"\frac{{\partial{power} {of}}}{{{below}}}"


def name(variable: str) -> str:
    """A variable's name: Greek letters by their names, digits and what follows `_` as subscripts."""
    stem, index = divided(variable)
    text = rf"\{stem}" if stem in GREEK else stem if len(stem) == 1 else rf"\mathrm{{{_escape(stem)}}}"
    if not index:
        return text
    return f"{text}_{{{index}}}" if index.isdigit() or len(index) == 1 else rf"{text}_{{\mathrm{{{_escape(index)}}}}}"


def _escape(text: str) -> str:
    return text.replace("_", r"\_")


def _number(value: float) -> str:
    mantissa, exponent, power = format_number(value).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else mantissa


def _operation(graph: Graph, node: int) -> Parts:
    operation, operands = graph.operations[node], without_defaults(graph, node)
    if operation == "mul":
        left, right = operands
        sign = r" \cdot " if _starts_with_digit(graph, right) else " "
        return Parts(PRODUCT, [(left, PRODUCT), sign, (right, POWER)])
    function = FUNCTIONS.get(operation)
    if function is not None and function.latex:
        return typeset(function, function.latex, operands)
    parts: list[Part] = [rf"\operatorname{{{_escape(operation)}}}\left("]
    for operand in operands:
        parts += [(operand, 0), ", "]
    return Parts(ATOM, [*parts[:-1], r"\right)"])


def _starts_with_digit(graph: Graph, node: int) -> bool:
    """Whether the text of a factor begins with a number, which cannot stand right after another."""
    while graph.operations[node] in ("pow", "mul"):
        node = graph.operands[node][0]
    return graph.number(node) is not None
