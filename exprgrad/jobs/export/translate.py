"""From the Python source of a function of the table to C or JavaScript: the careful numerics are written once.

The source is a small part of Python: numbers, tuples of them and constant tables, assignments, if, while, for
over range, conditional expressions, and calls of functions in the same style and of `math`. A tuple becomes
as many variables; a function that returns one returns a struct (C) or an array (JavaScript). The compiled
backend reads the same sources into LLVM (`backends.llvm.source.translate`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from types import FunctionType

from exprgrad.jobs.export.emitter import Emitter
from exprgrad.jobs.export.expressions import Constant, Expressions, Language, Table, Value, leaves
from exprgrad.jobs.export.sources import TABLE, Shape, shapes, source, summary
from exprgrad.jobs.export.texts import Text


class Translator:
    """Brings functions into a program, each once, with what they call."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._symbols: dict[FunctionType, str] = {}
        self._tables: dict[tuple[float, ...], str] = {}

    def function(self, emitter: Emitter, function: FunctionType) -> str:
        """The name of a function in the target; its source is added where it is new."""
        if function not in self._symbols:
            name = function.__name__
            self._symbols[function] = emitter.names.fresh(f"{name[1:]}_of" if name.startswith("_") else name)
            body = _Body(self, emitter, function)
            emitter.helpers.append(body.text(self._symbols[function]))
        return self._symbols[function]

    def table(self, emitter: Emitter, constant: Constant) -> Table:
        """A constant table in the target."""
        rows = [row if isinstance(row, tuple) else (row,) for row in constant.values]
        numbers = tuple(float(number) for row in rows for number in row)
        if numbers not in self._tables:
            name = self._tables[numbers] = emitter.names.fresh(constant.name.strip("_").upper())
            texts = [emitter.constant(number).text for number in numbers]
            emitter.helpers.append(self.language.table(name, texts))
        return Table(self._tables[numbers], str(len(rows)), len(rows[0]))


class _Body(Expressions):
    """The statements of one function."""

    def __init__(self, translator: Translator, emitter: Emitter, function: FunctionType) -> None:
        super().__init__(translator.language, emitter, function)
        self.translator = translator
        self.lines: list[str] = []
        self.depth = 1
        self.early: list[str] = []
        """Variables that first get a value inside a block: declared at the top."""
        self.declared: set[str] = set()

    def text(self, symbol: str) -> str:
        """The definition of the whole function."""
        parameters: list[str] = []
        for name, shape in shapes(self.function).items():
            if name == "return":
                continue
            if shape == TABLE:
                self.variables[name] = Table(name, f"{name}_size")
                parameters += [f"{name}[]", f"{name}_size"]
            else:
                self.variables[name] = self.nested(name, shape)
                parameters += [part.text for part in self.flat(self.variables[name])]
        self.declared.update(parameters)
        self.run(source(self.function).body)
        result = leaves(shapes(self.function)["return"])
        zero = self.emitter.constant(0.0).text
        early = [f"    {self.language.variable} {name} = {zero};" for name in self.early]
        said = summary(self.function)
        lines = [self.language.comment(said)] if said else []
        lines.append(self.language.head(symbol, parameters, result))
        return "\n".join([*lines, *early, *self.lines, "}"])

    def nested(self, name: str, shape: Shape) -> Value:
        """The variables of a name, nested as the shape says."""
        if isinstance(shape, str):
            return Text(name)
        return tuple(self.nested(f"{name}_{k}", part) for k, part in enumerate(shape))

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def symbol(self, function: FunctionType) -> str:
        return self.translator.function(self.emitter, function)

    def table(self, constant: Constant) -> Table:
        return self.translator.table(self.emitter, constant)

    def run(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def block(self, statements: Sequence[ast.stmt]) -> None:
        self.depth += 1
        self.run(statements)
        self.depth -= 1

    def statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Expr(ast.Constant()):
                return
            case ast.Assign([target], value) | ast.AnnAssign(target, _, ast.expr() as value):
                self.bind(target, self.value(value))
            case ast.AugAssign(ast.expr() as target, operation, value):
                self.bind(target, self.operate(operation, self.one(target), self.one(value)))
            case ast.Return(ast.expr() as value):
                parts = [self.emitter.number(part).text for part in self.flat(self.value(value))]
                self.line(f"return {parts[0] if len(parts) == 1 else self.language.results(parts)};")
            case ast.If(test, body, otherwise):
                self.line(f"if ({self.test(test).text}) {{")
                self.block(body)
                if otherwise:
                    self.line("} else {")
                    self.block(otherwise)
                self.line("}")
            case ast.While(test, body, []):
                self.line(f"while ({self.test(test).text}) {{")
                self.block(body)
                self.line("}")
            case ast.For(ast.Name(target), ast.Call(ast.Name("range"), bounds, []), body, []):
                self.count(target, [self.one(bound) for bound in bounds], body)
            case ast.For(target, iterated, body, []):
                self.each(target, iterated, body)
            case _:
                raise NotImplementedError(f"`{ast.unparse(statement)}` in {self.function.__name__}")

    def count(self, name: str, bounds: list[Text], body: list[ast.stmt]) -> None:
        """for … in range(…)."""
        zero, one = self.emitter.constant(0.0), self.emitter.constant(1.0)
        start, stop, step = ((zero, *bounds, one) if len(bounds) == 1 else (*bounds, one))[:3]
        sign = "<" if (step.number or 0) > 0 else ">"
        self.variables[name] = Text(name)
        self.line(
            f"for ({self.language.variable} {name} = {start.text}; {name} {sign} {stop.text}; {name} += {step.text}) {{"
        )
        self.block(body)
        self.line("}")

    def each(self, target: ast.expr, iterated: ast.expr, body: list[ast.stmt]) -> None:
        """for … in a table, or in enumerate(table, first)."""
        counted = isinstance(iterated, ast.Call)
        operands = iterated.args if isinstance(iterated, ast.Call) else [iterated]
        table = self.as_table(self.value(operands[0]))
        index = f"row_{len(self.lines)}"
        self.line(f"for ({self.language.counter} {index} = 0; {index} < {table.size}; {index}++) {{")
        self.depth += 1
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        names = [part.id for part in parts if isinstance(part, ast.Name)]
        texts = [f"{table.symbol}[{index}]"]
        if counted:
            first = self.one(operands[1]).text if len(operands) > 1 else self.emitter.constant(0.0).text
            texts = [f"{index} + {first}", *texts]
        for name, text in zip(names, texts, strict=True):
            self.variables[name] = Text(name)
            self.line(f"{self.language.constant} {name} = {text};")
        self.run(body)
        self.depth -= 1
        self.line("}")

    def bind(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name() | ast.Tuple():
                self.keep(self.targets(target, value))
            case ast.Subscript(listed, index):
                table, (text,) = self.value(listed), self.flat(value)
                assert isinstance(table, Table)
                self.line(f"{table.symbol}[{self.language.index(self.one(index))}] = {text.text};")
            case _:
                raise NotImplementedError(ast.unparse(target))

    def targets(self, target: ast.expr, value: Value) -> list[tuple[str, Value]]:
        """The names in a target, each with what it gets."""
        if isinstance(target, ast.Name):
            return [(target.id, value)] if target.id != "_" else []
        assert isinstance(target, ast.Tuple)
        return [pair for part, x in zip(target.elts, self.parts(value), strict=True) for pair in self.targets(part, x)]

    def keep(self, assigned: list[tuple[str, Value]]) -> None:
        """Assign values to variables, all at once."""
        pairs: list[tuple[str, Text]] = []
        for name, value in assigned:
            if isinstance(value, Table):
                self.lines[-1] = self.lines[-1].replace("#", name)
                self.variables[name] = value._replace(symbol=name)
                continue
            shaped = self.shape(value)
            variables = self.flat(self.nested(name, shaped))
            numbers = map(self.emitter.number, self.flat(value))
            pairs += zip([variable.text for variable in variables], numbers, strict=True)
            self.variables[name] = self.nested(name, shaped)
        changed: set[str] = set()
        clash = False
        for name, text in pairs:
            clash = clash or not changed.isdisjoint(re.findall(r"[A-Za-z_]\w*", text.text))
            changed.add(name)
        if clash:
            pairs = [(name, self.temporary(text)) for name, text in pairs]
        for name, text in pairs:
            self.declare(name, text)

    def declare(self, name: str, text: Text) -> None:
        if name not in self.declared and self.depth > 1:
            self.early.append(name)
            self.declared.add(name)
        declaration = "" if name in self.declared else f"{self.language.variable} "
        self.declared.add(name)
        self.line(f"{declaration}{name} = {text.text};")

    def temporary(self, text: Text) -> Text:
        self.temporaries += 1
        name = f"next_{self.temporaries}"
        self.line(f"{self.language.constant} {name} = {text.text};")
        return Text(name)
