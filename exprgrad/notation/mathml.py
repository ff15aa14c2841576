"""Graph to presentation MathML."""

from __future__ import annotations

from html import escape

from exprgrad.functions.table import CONSTANTS
from exprgrad.graph.graph import Graph
from exprgrad.notation import latex
from exprgrad.notation.infix import without_defaults
from exprgrad.notation.precedence import ATOM, LEVELS, POWER, SIGNED, Part, Parts, spell
from exprgrad.text.numbers import format_number

OPEN = '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">'
_CONSTANTS = {"π": "<mi>π</mi>", "pi": "<mi>π</mi>", "e": "<mi>e</mi>", "tau": "<mi>τ</mi>", "inf": "<mi>∞</mi>"}
_SIGNS = {
    "add": "+", "sub": "−", "neg": "−", "mod": "mod", "lt": "&lt;", "le": "≤", "gt": "&gt;", "ge": "≥", "eq": "=",
    "ne": "≠", "and": "∧", "or": "&#x2228;", "not": "¬",
}  # fmt: skip
_GREEK = dict(zip(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi"
    " omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
    "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True,
))  # fmt: skip


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


def left(function: str, variables: tuple[str, ...], by: tuple[str, ...]) -> str:
    """What stands before the equals sign: the function, or its derivative by these variables."""
    if not by:
        listed = "<mo>,</mo>".join(map(name, variables))
        return f"{name(function)}<mo>(</mo>{listed}<mo>)</mo><mo>=</mo>"
    power = f"<msup><mo>∂</mo><mn>{len(by)}</mn></msup>" if len(by) > 1 else "<mo>∂</mo>"
    below = "".join(f"<mo>∂</mo>{name(variable)}" for variable in by)
    return f"<mfrac><mrow>{power}{name(function)}</mrow><mrow>{below}</mrow></mfrac><mo>=</mo>"


def name(variable: str) -> str:
    """A variable's name, divided as LaTeX has it: Greek letters, and digits and what follows `_` as subscripts."""
    stem, index = latex.divided(variable)
    text = f"<mi>{_GREEK.get(stem, escape(stem))}</mi>"
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
    levels = LEVELS.get(operation)
    x, y, z = (*operands, 0, 0, 0)[:3]
    match operation:
        case "mul":
            short = graph.name(y) is not None and (graph.leaves.get(x) is not None or graph.operations[x] == "mul")
            return Parts(8, [(x, 8), "<mo>&#x2062;</mo>" if short else "<mo>·</mo>", (y, POWER)])
        case "div":
            return Parts(8, ["<mfrac><mrow>", (x, 0), "</mrow><mrow>", (y, 0), "</mrow></mfrac>"])
        case "pow":
            return Parts(POWER, ["<msup><mrow>", (x, ATOM), "</mrow><mrow>", (y, 0), "</mrow></msup>"])
        case "square":
            return Parts(POWER, ["<msup><mrow>", (x, ATOM), "</mrow><mn>2</mn></msup>"])
        case "exp":
            return Parts(POWER, ["<msup><mi>e</mi><mrow>", (x, 0), "</mrow></msup>"])
        case "sqrt":
            return Parts(ATOM, ["<msqrt>", (x, 0), "</msqrt>"])
        case "cbrt":
            return Parts(ATOM, ["<mroot><mrow>", (x, 0), "</mrow><mn>3</mn></mroot>"])
        case "abs":
            return Parts(ATOM, ["<mrow><mo>|</mo>", (x, 0), "<mo>|</mo></mrow>"])
        case "where":
            row = "</mtd></mtr><mtr><mtd>"
            table: list[Part] = ["<mrow><mo>{</mo><mtable><mtr><mtd>", (y, 0), "</mtd><mtd><mtext>if </mtext>", (x, 0)]
            return Parts(1, [*table, row, (z, 0), "</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>"])
        case _ if levels is not None and len(operands) == 2:
            left, right = levels.operands
            return Parts(levels.own, [(x, left), f"<mo>{_SIGNS[operation]}</mo>", (y, right)])
        case _ if levels is not None:
            return Parts(levels.own, [f"<mo>{_SIGNS[operation]}</mo>", (x, levels.operands[0])])
    call: list[Part] = [f"<mi>{escape(operation)}</mi><mo>&#x2061;</mo><mrow><mo>(</mo>"]
    for operand in operands:
        call += [(operand, 0), "<mo>,</mo>"]
    return Parts(ATOM, [*call[:-1], "<mo>)</mo></mrow>"])
