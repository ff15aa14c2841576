"""Export to Python, which needs nothing but `math`: the helpers are the interpreter's own sources."""

from __future__ import annotations

import keyword
from types import BuiltinFunctionType

from exprgrad.functions.entry import Function
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export.borrowed import number
from exprgrad.jobs.export.emitter import Bring, Emission, Emitter, Second
from exprgrad.jobs.export.second.far_numbers import FarNumbers
from exprgrad.jobs.export.sources import Sources
from exprgrad.jobs.export.target import APART, Code, Written
from exprgrad.jobs.export.texts import ARITHMETIC, COMPARISONS, Dialect, Helper, Operator, Text, call
from exprgrad.notation.precedence import LEVELS

LOGIC = {
    "and": Operator("{0} and {1}", LEVELS["and"].own, LEVELS["and"].operands, True, (0, 1)),
    "or": Operator("{0} or {1}", LEVELS["or"].own, LEVELS["or"].operands, True, (0, 1)),
    "not": Operator("not {0}", LEVELS["not"].own, LEVELS["not"].operands, True, (0,)),
    "where": Operator("{1} if {0} else {2}", LEVELS["where"].own, (2, 2, 1), False, (0,)),
}
BUILTINS = frozenset(
    "abs bool divmod enumerate float int max min range round sum tuple ValueError OverflowError math gradient"
    " hessian".split()
)


def _builtin(function: Function) -> Operator | None:
    """The call of Python's own function that is the value of a row; None where the value is another function."""
    if not isinstance(function.value, BuiltinFunctionType) or function.name in ARITHMETIC:
        return None
    if function.value.__module__ != "math":
        return call(function.value.__name__, len(function.operands))
    return call(f"math.{function.value.__name__}", len(function.operands), ("math",))


_DIALECT = Dialect(
    operators={
        **{name: operator for row in FUNCTIONS.values() if (operator := _builtin(row)) for name in [row.name]},
        **ARITHMETIC,
        **COMPARISONS,
        **LOGIC,
    },
    number=number,
    as_truth=Operator("{0} != 0.0", 5, (6,), True),
    as_number=Operator("float({0})"),
    traps=frozenset(["div"]),
)


class PythonSource(Code):
    """What Python and its libraries have in common."""

    reserved = frozenset([*keyword.kwlist, *BUILTINS])
    doc = ""
    """A line of the header."""
    imports: tuple[tuple[str, str], ...] = ()
    """Names, each with the line that imports it. The line is written if the name is used, or is empty."""
    decorator = ""

    def define(self, symbol: str, operands: tuple[str, ...], body: Text) -> str:
        return f"def {symbol}({', '.join(operands)}):\n    return {body.text}"

    def prepared(self, written: Written) -> list[str]:
        """Lines that come first in the function."""
        return []

    def look_again(self, written: Written, derivatives: str) -> tuple[list[Helper], list[str]]:
        """What is added where derivatives are looked at twice: helpers, and lines that end the function. They change
        the names in `derivatives`, "gradient" or "gradient, hessian"."""
        return [], []

    def assemble(self, written: Written) -> str:
        request, joint = written.request, written.request.joint
        lines = self.prepared(written)
        lines += [f"{line.name} = {line.value.text}" for line in written.emission.lines]
        lines += derivative_lines(written, written.emission)
        derivatives = "gradient, hessian" if joint.hessian else "gradient"
        after: list[Helper] = []
        if written.again:
            more, look = self.look_again(written, derivatives)
            lines += look
            after = [Helper(f"# {APART}", is_line=True), *written.again.helpers, *more]
        head = f"{self.decorator}def {request.name}({', '.join(written.inputs.values())}):"
        body = "\n".join([head, *(f"    {line}" for line in [*lines, f"return {written.value()}, {derivatives}"])])
        imports = [line for name, line in self.imports if not name or name in written.uses]
        text = "\n".join([self._header(written), "", *imports, ""] if imports else [self._header(written), ""])
        blocks = False
        for helper in [*written.helpers, Helper(body), *after]:
            blocks, before = not helper.is_line, blocks
            text += ("\n\n" if blocks or before else "\n") + f"{helper.text}\n"
        return text

    def _header(self, written: Written) -> str:
        request, joint = written.request, written.request.joint
        result = "the value, the gradient and the Hessian" if joint.hessian else "the value and the gradient"
        lines = [
            joint.expression,
            "",
            f"{request.name}({', '.join(written.inputs.values())}) returns {result}, by the names of the variables.",
            self.doc,
        ]
        if joint.columns:
            lines.append(f"Columns, a number a row: {', '.join(written.inputs[name] for name in joint.columns)}.")
        if written.again and self.marks:
            lines.append("A derivative that loses digits, as a number on the way leaves the range of floats, is nan.")
        if written.mapping():
            lines.append(f"Renamed here: {written.mapping()}.")
        return "\n".join(f"# {line}".rstrip() for line in lines)


class Python(PythonSource):
    """A function that returns the value and a dictionary of derivatives."""

    dialect = _DIALECT
    has_all = True
    doc = "Needs nothing but Python."
    imports = (("math", "import math"),)

    def translator(self) -> Bring:
        return Sources()

    def second(self, emitter: Emitter, translate: Bring) -> Second | None:
        assert isinstance(translate, Sources)
        return FarNumbers(emitter, translate)

    def look_again(self, written: Written, derivatives: str) -> tuple[list[Helper], list[str]]:
        again = written.again
        assert again is not None
        values, products = written.looked_at(written.emission)
        given, leaves = ", ".join(written.inputs.values()), again.symbols["leaves_range"]
        lines = [f"if {leaves}([{given}], [{', '.join(values)}], [{', '.join(products)}]):"]
        lines.append(f"    {derivatives} = {again.name}({given})")
        head = [f"def {again.name}({given}):"]
        head.append('"""The derivatives again, for numbers that leave the range of floats on the way."""')
        head += [f"{name} = {again.symbols['wide']}(float({name}))" for name in written.inputs.values()]
        body = derivative_lines(written, again.emission, f"{again.symbols['rounded']}({{}})")
        named = [f"{line.name} = {line.value.text}" for line in again.emission.lines]
        return [Helper("\n    ".join([*head, *named, *body, f"return {derivatives}"]))], lines


def derivative_lines(written: Written, emission: Emission, rounded: str = "{}") -> list[str]:
    """The lines of the dictionaries of derivatives, as a pass computes them."""
    joint = written.request.joint

    def text(node: int) -> str:
        return rounded.format(emission.outputs[node].text)

    lines = _dictionary("gradient", [(name, text(node)) for name, node in joint.gradient.items()])
    if joint.hessian:
        rows = [(x, ", ".join(f'"{y}": {text(joint.hessian[x, y])}' for y in joint.gradient)) for x in joint.gradient]
        lines += _dictionary("hessian", [(x, f"{{{row}}}") for x, row in rows])
    return lines


def _dictionary(name: str, items: list[tuple[str, str]]) -> list[str]:
    """The lines of a dictionary with keys that are names."""
    if not items:
        return [f"{name} = {{}}"]
    return [f"{name} = {{", *(f'    "{key}": {text},' for key, text in items), "}"]
