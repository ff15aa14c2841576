"""Export to Python, which needs nothing but `math`: the helpers are the interpreter's own sources."""

from __future__ import annotations

import ast
import keyword
import math
from math import inf
from pprint import pformat
from types import BuiltinFunctionType, FunctionType
from typing import Any

from exprgrad.functions.entry import Function
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export.emitter import Emitter, signed
from exprgrad.jobs.export.sources import source
from exprgrad.jobs.export.target import Target, Translation, Written
from exprgrad.jobs.export.texts import ARITHMETIC, COMPARISONS, Dialect, Operator, Text, call
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


def number(value: float) -> Text:
    """A literal."""
    if value != value:
        return Text("math.nan")
    if abs(value) == inf:
        return signed("math.inf" if value > 0 else "-math.inf")
    return signed(repr(value))


def _builtin(function: Function) -> Operator | None:
    """A call of a function of Python's own that is the value of a table's row."""
    if not isinstance(function.value, BuiltinFunctionType) or function.name in ARITHMETIC:
        return None
    prefix = "" if function.value is abs else "math."
    return call(f"{prefix}{function.value.__name__}", len(function.operands))


_DIALECT = Dialect(
    name="python",
    operators={
        **{name: operator for row in FUNCTIONS.values() if (operator := _builtin(row)) for name in [row.name]},
        **{name: operator for name, operator in ARITHMETIC.items() if name != "div"},
        **COMPARISONS,
        **LOGIC,
    },
    number=number,
    as_truth=Operator("{0} != 0.0", 5, (6,), True),
    as_number=Operator("float({0})"),
)


class Sources:
    """Brings the table's functions with all that they call, under names that are free here."""

    def __init__(self) -> None:
        self._symbols: dict[object, str] = {}

    def __call__(self, emitter: Emitter, function: str) -> str | None:
        value = FUNCTIONS[function].value if function in FUNCTIONS else None
        if not isinstance(value, FunctionType) or value.__name__ == "<lambda>":
            return None
        return self.function(emitter, value, function)

    def function(self, emitter: Emitter, function: FunctionType, wanted: str) -> str:
        """The name of a function; its source is added where it is new."""
        if function not in self._symbols:
            self._symbols[function] = emitter.names.fresh(wanted)
            tree = source(function)
            renamed = _Renaming(self, emitter, function).visit(ast.parse(ast.unparse(tree)).body[0])
            renamed.name = self._symbols[function]
            emitter.helpers.append(ast.unparse(ast.fix_missing_locations(renamed)))
        return self._symbols[function]

    def constant(self, emitter: Emitter, name: str, value: object) -> str:
        """The name of a constant of a module."""
        key = (name, repr(value))
        if key not in self._symbols:
            self._symbols[key] = emitter.names.fresh(name.strip("_").upper())
            emitter.helpers.append(f"{self._symbols[key]} = {pformat(value, width=110, compact=True)}")
        return self._symbols[key]


class _Renaming(ast.NodeTransformer):
    """Takes the annotations away, and puts in what names outside the function stand for."""

    def __init__(self, sources: Sources, emitter: Emitter, function: FunctionType) -> None:
        self.sources, self.emitter = sources, emitter
        self.outside: dict[str, Any] = dict(function.__globals__)
        cells = function.__closure__ or ()
        self.outside |= {
            name: cell.cell_contents for name, cell in zip(function.__code__.co_freevars, cells, strict=True)
        }
        for name in function.__code__.co_varnames:
            self.outside.pop(name, None)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if ast.unparse(node) == "sys.float_info.min":
            return ast.Constant(self.outside["sys"].float_info.min)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        found = self.outside.get(node.id)
        if isinstance(found, FunctionType):
            name = self.sources.function(self.emitter, found, found.__name__)
            return ast.Name(name, node.ctx)
        if isinstance(found, BuiltinFunctionType):
            prefix = "math." if found.__module__ == "math" else ""
            return ast.parse(f"{prefix}{found.__name__}", mode="eval").body
        if isinstance(found, float):
            if not math.isfinite(found):
                return ast.parse(number(found).text, mode="eval").body
            return ast.Constant(found)
        if isinstance(found, tuple):
            return ast.Name(self.sources.constant(self.emitter, node.id, found), node.ctx)
        return node


class Python(Target):
    """A function that returns the value and a dictionary of derivatives."""

    dialect = _DIALECT
    reserved = frozenset([*keyword.kwlist, *BUILTINS])
    doc = "Needs nothing but Python."
    imports = "import math"
    decorator = ""

    def translator(self) -> Translation:
        sources = Sources()

        def bring(emitter: Emitter, function: str) -> str | None:
            return sources(emitter, function)

        return bring

    def define(self, emitter: Emitter, function: str, symbol: str, operands: tuple[str, ...], body: Text) -> str:
        return f"def {symbol}({', '.join(operands)}):\n    return {body.text}"

    def prepared(self, written: Written) -> list[str]:
        """Lines that come first in the function."""
        return []

    def assemble(self, written: Written) -> str:
        request, joint = written.request, written.request.joint
        lines = self.prepared(written)
        lines += [f"{line.name} = {line.value.text}" for line in written.emission.lines]
        lines += _dictionary("gradient", list(written.gradient().items()))
        result = f"{written.value()}, gradient"
        if joint.hessian:
            hessian = written.hessian()
            rows = [
                (x, "{" + ", ".join(f'"{y}": {hessian[x, y]}' for y in joint.gradient) + "}") for x in joint.gradient
            ]
            lines += _dictionary("hessian", rows)
            result += ", hessian"
        head = f"{self.decorator}def {request.name}({', '.join(written.inputs.values())}):"
        body = "\n".join([head, *(f"    {line}" for line in [*lines, f"return {result}"])])
        text = f"{self._header(written)}\n\n{self.imports}\n"
        defined = False
        for part in [*written.helpers, body]:
            defines = part.startswith(("def ", "@"))
            text += ("\n\n" if defines or defined else "\n") + f"{part}\n"
            defined = defines
        return text if "math." in text else text.replace("\nimport math\n", "", 1)

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
        if written.mapping():
            lines.append(f"Renamed here: {written.mapping()}.")
        return "\n".join(f"# {line}".rstrip() for line in lines)


def _dictionary(name: str, items: list[tuple[str, str]]) -> list[str]:
    """The lines of a dictionary with keys that are names."""
    if not items:
        return [f"{name} = {{}}"]
    return [f"{name} = {{", *(f'    "{key}": {text},' for key, text in items), "}"]
