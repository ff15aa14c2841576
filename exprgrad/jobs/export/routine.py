"""One function of the Python subset, written in C or JavaScript: how each construct is written.

A tuple becomes as many variables; a function that returns one returns a struct (C) or an array (JavaScript). What
does not fit into an expression is written as a line before it.
"""

from __future__ import annotations

from exprgrad.functions.source import constructs
from exprgrad.functions.source.description import (
    NUMBER,
    TABLE,
    Body,
    Constant,
    Count,
    Each,
    Expression,
    Routine,
    Shape,
    TranslationError,
)
from exprgrad.functions.source.shapes import leaves, nest
from exprgrad.functions.source.writer import Writer
from exprgrad.jobs.export.braces import Braces, Parameter, Table
from exprgrad.jobs.export.emitter import Emitter
from exprgrad.jobs.export.texts import ARITHMETIC, Helper, Operator, Text, call, used, variable
from exprgrad.notation.precedence import ATOM, LEVELS, SIGNED

Value = constructs.Value[Text, Table]

_NOT = Operator("!{0}", SIGNED, (ATOM,), truth=True)
_WHERE = Operator("{0} ? {1} : {2}", LEVELS["where"].own, LEVELS["where"].operands)


class Translator:
    """Brings functions into a file, each once, with those that they call."""

    def __init__(self, braces: Braces) -> None:
        self.braces = braces
        self._symbols: dict[object, str] = {}
        self._tables: dict[tuple[float, ...], str] = {}

    def routine(self, emitter: Emitter, routine: Routine) -> str:
        """The name of a function in the target; its source is added where it is new. Raises TranslationError."""
        if routine.function not in self._symbols:
            name = f"{routine.name[1:]}_of" if routine.name.startswith("_") else routine.name
            symbol = self._symbols[routine.function] = emitter.names.fresh(name + emitter.suffix)
            emitter.helpers.append(RoutineWriter(self, emitter, routine).write(symbol))
        return self._symbols[routine.function]

    def table(self, emitter: Emitter, constant: Constant) -> Table:
        """A constant table in the target."""
        rows = constant.rows()
        numbers = tuple(float(number) for row in rows for number in row)
        if numbers not in self._tables:
            name = self._tables[numbers] = emitter.names.fresh(constant.name.strip("_").upper())
            texts = [emitter.constant(number) for number in numbers]
            text = self.braces.table(name, [number.text for number in texts])
            emitter.helpers.append(Helper(text, used(texts)))
        return Table(self._tables[numbers], str(len(rows)), len(rows[0]))


class RoutineWriter(Writer[Text, Table]):
    """Writes one function as lines."""

    scalars, lists = Text, Table

    def __init__(self, translator: Translator, emitter: Emitter, routine: Routine) -> None:
        super().__init__(routine)
        self.translator, self.emitter, self.braces = translator, emitter, translator.braces
        self.variables: dict[str, Value] = {}
        self.lines: list[str] = []
        self.depth = 1
        self.early: list[str] = []
        """Variables that first get a value inside a block: declared at the top."""
        self.declared: set[str] = set()
        self.types: set[str] = set()
        """The types that stand for several numbers, for the file to define."""
        self.temporaries = 0

    def write(self, symbol: str) -> Helper:
        """The definition of the whole function."""
        parameters: list[Parameter] = []
        for name, shape, _ in self.routine.parameters:
            if shape == TABLE:
                size = f"{name}_size"
                self.variables[name] = Table(name, size)
                parameters += [Parameter(name, "table"), Parameter(size, "size")]
            else:
                self.variables[name] = _nested(name, shape)
                parameters += [Parameter(text.text) for text in self.texts(self.variables[name])]
        self.declared.update(parameter.name for parameter in parameters)
        self.run(self.routine.body)
        results = len(leaves(self.routine.result))
        if results > 1:
            self.types.add(self.braces.returned(results))
        zero = self.emitter.constant(0.0).text
        early = [f"    {self.braces.variable} {name} = {zero};" for name in self.early]
        said = [self.braces.comment(self.routine.summary)] if self.routine.summary else []
        head = self.braces.head(symbol, parameters, results)
        return Helper("\n".join([*said, head, *early, *self.lines, "}"]), frozenset(self.types))

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def block(self, head: str, body: Body, end: str = "}") -> None:
        """Statements between braces."""
        self.line(head)
        self.depth += 1
        self.run(body)
        self.depth -= 1
        self.line(end)

    def text(self, x: float | Text) -> Text:
        """A number as it is written."""
        return x if isinstance(x, Text) else self.emitter.constant(float(x))

    def texts(self, value: Value) -> list[Text]:
        """The numbers of a value, from left to right."""
        return [self.text(scalar) for scalar in self.flat(value)]

    def numbers(self, value: Value) -> list[Text]:
        """The same, with conditions as 1 and 0."""
        return [self.emitter.number(text) for text in self.texts(value)]

    def read(self, name: str) -> Value:
        if name not in self.variables:
            raise TranslationError(f"{name} is not set yet in {self.routine.name}")
        return self.variables[name]

    def negative(self, x: Text) -> Text:
        return self.emitter.write(ARITHMETIC["neg"], x)

    def opposite(self, x: Text) -> Text:
        return self.emitter.write(_NOT, x)

    def condition(self, x: Text) -> Text:
        return self.emitter.truth(x)

    def arithmetic(self, operation: str, x: float | Text, y: float | Text) -> Text:
        if operation in ARITHMETIC:
            return self.emitter.write(ARITHMETIC[operation], self.text(x), self.text(y))
        return self.emitter.operation(operation)(self.text(x), self.text(y))

    def comparison(self, operation: str, x: float | Text, y: float | Text) -> Text:
        return self.emitter.write(self.braces.comparisons[operation], self.text(x), self.text(y))

    def junction(self, every: bool, conditions: list[Text]) -> Text:
        sign, level = ("&&", LEVELS["and"].own) if every else ("||", LEVELS["or"].own)
        text = f" {sign} ".join(condition.within(LEVELS["and"].own + 1) for condition in conditions)
        return Text(text, level, truth=True, uses=used(conditions))

    def conditional(self, test: Text, body: Expression, otherwise: Expression) -> Value:
        return self._chosen(test, self.value(body), self.value(otherwise))

    def _chosen(self, test: Text, body: Value, otherwise: Value) -> Value:
        if not isinstance(body, int | float | Text) or not isinstance(otherwise, int | float | Text):
            pairs = zip(self.elements(body), self.elements(otherwise), strict=True)
            return tuple(self._chosen(test, x, y) for x, y in pairs)
        first, second = self.text(body), self.text(otherwise)
        if first.truth != second.truth:
            first, second = self.emitter.number(first), self.emitter.number(second)
        return self.emitter.write(_WHERE._replace(truth=first.truth), test, first, second)

    def element(self, listed: Table | Constant, index: float | Text) -> Value:
        table, place = self._table(listed), self.text(index)
        at = self.braces.index(place)
        if table.width == 1:
            return Text(f"{table.symbol}[{at}]", uses=place.uses)
        return tuple(Text(f"{table.symbol}[{table.width}*{at} + {k}]", uses=place.uses) for k in range(table.width))

    def _table(self, value: Value) -> Table:
        if isinstance(value, Constant):
            return self.translator.table(self.emitter, value)
        if isinstance(value, Table):
            return value
        raise TranslationError(f"a table that is no constant in {self.routine.name}")

    def primitive(self, name: str, operands: list[float | Text]) -> Value:
        texts = [self.text(operand) for operand in operands]
        operator = self.emitter.dialect.operators.get(name)
        return self.emitter.write(operator, *texts) if operator else self.emitter.operation(name)(*texts)

    def call(self, routine: Routine, operands: list[Value]) -> Value:
        passed: list[Text] = []
        for parameter, operand in zip(routine.parameters, operands, strict=True):
            if parameter.shape == TABLE:
                table = self._table(operand)
                passed += [Text(table.symbol), Text(table.size)]
            else:
                passed += self.numbers(operand)
        symbol = self.translator.routine(self.emitter, routine)
        called = self.emitter.write(call(symbol, len(passed)), *passed)
        if isinstance(routine.result, str):
            return called
        self.temporaries += 1
        name, count = f"pair_{self.temporaries}", len(leaves(routine.result))
        self.types.add(self.braces.returned(count))
        self.line(f"{self.braces.returned(count)} {name} = {called.text};")
        parts = [Text(self.braces.element(name, k), uses=frozenset([name])) for k in range(count)]
        return nest(routine.result, parts)  # type: ignore[no-any-return]

    def assign(self, assigned: list[tuple[str, Value]]) -> None:
        pairs: list[tuple[str, Text]] = []
        for name, value in assigned:
            self.variables[name] = _nested(name, self._shape(value))
            names = (text.text for text in self.texts(self.variables[name]))
            pairs += zip(names, self.numbers(value), strict=True)
        changed: set[str] = set()
        clash = False
        for name, text in pairs:
            clash = clash or not changed.isdisjoint(text.uses)
            changed.add(name)
        if clash:
            pairs = [(name, self._temporary(text)) for name, text in pairs]
        for name, text in pairs:
            self._declare(name, text)

    def _shape(self, value: Value) -> Shape:
        if isinstance(value, int | float | Text):
            return NUMBER
        return tuple(self._shape(part) for part in self.elements(value))

    def _declare(self, name: str, text: Text) -> None:
        if name not in self.declared and self.depth > 1:
            self.early.append(name)
            self.declared.add(name)
        declaration = "" if name in self.declared else f"{self.braces.variable} "
        self.declared.add(name)
        self.line(f"{declaration}{name} = {text.text};")

    def _temporary(self, text: Text) -> Text:
        self.temporaries += 1
        name = f"next_{self.temporaries}"
        self.line(f"{self.braces.constant} {name} = {text.text};")
        return variable(name)

    def zeros(self, name: str, length: int) -> None:
        self.variables[name] = Table(name, str(length))
        self.line(self.braces.list(name, str(length)))

    def store(self, listed: Table, index: float | Text, value: float | Text) -> None:
        place = self.braces.index(self.text(index))
        self.line(f"{listed.symbol}[{place}] = {self.text(value).text};")

    def give(self, value: Value) -> None:
        parts = [number.text for number in self.numbers(value)]
        self.line(f"return {parts[0] if len(parts) == 1 else self.braces.results(parts)};")

    def choose(self, test: Text, body: Body, otherwise: Body) -> None:
        self.block(f"if ({test.text}) {{", body, "} else {" if otherwise else "}")
        if otherwise:
            self.depth += 1
            self.run(otherwise)
            self.depth -= 1
            self.line("}")

    def repeat(self, test: Expression, body: Body) -> None:
        self.block(f"while ({self.emitter.truth(self.text(self.one(test))).text}) {{", body)

    def count(self, loop: Count) -> None:
        start, stop, step = (self.text(x).text for x in (self.one(loop.start), self.one(loop.stop), loop.step))
        name, sign = loop.name, "<" if loop.step > 0 else ">"
        self.variables[name] = variable(name)
        self.block(
            f"for ({self.braces.variable} {name} = {start}; {name} {sign} {stop}; {name} += {step}) {{", loop.body
        )

    def each(self, loop: Each) -> None:
        table = self._table(self.value(loop.table))
        if table.width > 1:
            raise TranslationError(f"a loop over a table of tuples in {self.routine.name}")
        index = f"row_{len(self.lines)}"
        self.line(f"for ({self.braces.counter} {index} = 0; {index} < {table.size}; {index}++) {{")
        self.depth += 1
        item: Value = Text(f"{table.symbol}[{index}]")
        if loop.first is not None:
            item = Text(f"{index} + {self.text(loop.first).text}"), item
        for name, value in self.pairs(loop.target, item):
            self.variables[name] = variable(name)
            self.line(f"{self.braces.constant} {name} = {self.texts(value)[0].text};")
        self.run(loop.body)
        self.depth -= 1
        self.line("}")


def _nested(name: str, shape: Shape) -> Value:
    """The variables of a name, nested as the shape says."""
    if isinstance(shape, str):
        return variable(name)
    return tuple(_nested(f"{name}_{k}", part) for k, part in enumerate(shape))
