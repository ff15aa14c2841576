"""Export to Python, which needs nothing but `math`: the helpers are the interpreter's own sources."""

from __future__ import annotations

import ast
import keyword
import math
from copy import deepcopy
from math import inf
from pprint import pformat
from types import BuiltinFunctionType, FunctionType
from typing import Any

from exprgrad.functions.entry import Function
from exprgrad.functions.source.description import TranslationError
from exprgrad.functions.source.reader import definition
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export.emitter import Bring, Emitter, signed
from exprgrad.jobs.export.target import Code, Written
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


_MATH = frozenset(["math"])


def number(value: float) -> Text:
    """A literal."""
    if value != value:
        return Text("math.nan", uses=_MATH)
    if abs(value) == inf:
        return signed("math.inf" if value > 0 else "-math.inf", _MATH)
    return signed(repr(value))


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


class Sources:
    """Brings the table's functions with all that they call, under names that are free here."""

    def __init__(self) -> None:
        self._symbols: dict[object, str] = {}

    def __call__(self, emitter: Emitter, function: str) -> str | None:
        value = FUNCTIONS[function].value if function in FUNCTIONS else None
        if not isinstance(value, FunctionType):
            return None
        try:
            return self.function(emitter, value, function)
        except TranslationError:
            return None

    def function(self, emitter: Emitter, function: FunctionType, wanted: str) -> str:
        """The name of a function; its source is added where it is new. Raises TranslationError if it has none."""
        if function not in self._symbols:
            tree = deepcopy(definition(function))
            self._symbols[function] = tree.name = emitter.names.fresh(wanted)
            renaming = _Renaming(self, emitter, function)
            text = ast.unparse(ast.fix_missing_locations(renaming.visit(tree)))
            emitter.helpers.append(Helper(text, frozenset(renaming.uses)))
        return self._symbols[function]

    def constant(self, emitter: Emitter, name: str, value: object) -> str:
        """The name of a constant of a module."""
        key = (name, repr(value))
        if key not in self._symbols:
            self._symbols[key] = emitter.names.fresh(name.strip("_").upper())
            text = f"{self._symbols[key]} = {pformat(value, width=110, compact=True)}"
            emitter.helpers.append(Helper(text, is_line=True))
        return self._symbols[key]


class _Renaming(ast.NodeTransformer):
    """Removes the annotations, and replaces names from outside of the function by what they stand for."""

    def __init__(self, sources: Sources, emitter: Emitter, function: FunctionType) -> None:
        self.sources, self.emitter = sources, emitter
        self.uses: set[str] = set()
        """The modules that the source needs."""
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

    def visit_Name(self, node: ast.Name) -> ast.AST:
        found = self.outside.get(node.id)
        if isinstance(found, FunctionType):
            return ast.Name(self.sources.function(self.emitter, found, found.__name__), node.ctx)
        if isinstance(found, BuiltinFunctionType):
            return self.put(f"math.{found.__name__}" if found.__module__ == "math" else found.__name__)
        if isinstance(found, int | float):
            return ast.Constant(found) if math.isfinite(found) else self.put(number(found).text)
        if isinstance(found, tuple):
            return ast.Name(self.sources.constant(self.emitter, node.id, found), node.ctx)
        if found is math:
            self.uses.add("math")
        return node

    def put(self, text: str) -> ast.expr:
        """A name, of `math` or built in, in the place of another."""
        if "." in text:
            self.uses.add("math")
        return ast.parse(text, mode="eval").body


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
        imports = [line for name, line in self.imports if not name or name in written.uses]
        text = "\n".join([self._header(written), "", *imports, ""] if imports else [self._header(written), ""])
        blocks = False
        for helper in [*written.helpers, Helper(body)]:
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


def _dictionary(name: str, items: list[tuple[str, str]]) -> list[str]:
    """The lines of a dictionary with keys that are names."""
    if not items:
        return [f"{name} = {{}}"]
    return [f"{name} = {{", *(f'    "{key}": {text},' for key, text in items), "}"]
