"""Wide numbers (`functions.numerics.far`) as Python's arithmetic of the second look: the interpreter's own sources."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from types import FunctionType

from exprgrad.functions.numerics import far
from exprgrad.functions.numerics.beyond.table import FUNCTIONS as BEYOND
from exprgrad.functions.rules import bind
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export.emitter import Emitter, Second
from exprgrad.jobs.export.second.beyond import beyond
from exprgrad.jobs.export.second.watched import ROOM
from exprgrad.jobs.export.sources import Sources
from exprgrad.jobs.export.stable import formula
from exprgrad.jobs.export.texts import Helper, Text, call, variable

_ARITHMETIC = {"add": far.plus, "sub": far.minus, "mul": far.times, "div": far.over}
_LEAVES_RANGE = """def $name(variables, values, products):
    \"\"\"Whether a product of two of these numbers may leave the range of floats, as the variables are finite.\"\"\"
    sizes = [*map(abs, values), *(abs(x) for x in (*products, *variables) if x)]
    return all(map(math.isfinite, variables)) and not all(2.0**-$room < size < 2.0**$room for size in sizes)"""


class FarNumbers(Second):
    """The arithmetic of texts in wide numbers, beside that in floats."""

    def __init__(self, plain: Emitter, sources: Sources) -> None:
        dialect = plain.dialect
        kept = {
            name: operator
            for name, operator in dialect.operators.items()
            if name not in _ARITHMETIC and name not in BEYOND and FUNCTIONS[name].exact
        }
        super().__init__(dialect._replace(operators=kept), plain.names, plain._define, self._bring_wide, formula)
        self.helpers = plain.helpers
        self._plain, self._sources = plain, sources
        self._symbols: dict[str, str] = {}

    def constant(self, value: float) -> Text:
        text = super().constant(value)
        if value and isfinite(value) and not far.SMALL < abs(value) < far.LARGE:
            return self.write(call(self._source(far.wide, "wide")), text)
        return text

    def symbols(self) -> dict[str, str]:
        found = {name: self._source(getattr(far, name), name) for name in ("wide", "rounded")}
        found["leaves_range"] = self.names.fresh("leaves_range")
        source = _LEAVES_RANGE.replace("$name", found["leaves_range"]).replace("$room", str(ROOM))
        self.helpers.append(Helper(source, frozenset(["math"])))
        return found

    def _bring_wide(self, emitter: Emitter, function: str) -> str | None:
        """A function of the table, on wide numbers."""
        if function in _ARITHMETIC:
            source = _ARITHMETIC[function]
            return self._source(source, source.__name__)
        row = FUNCTIONS[function]
        if row.exact and function not in BEYOND:
            return self._sources(self, function)
        if function not in self._symbols:
            symbol = self._symbols[function] = self.names.fresh(function + self.suffix)
            operands = ", ".join(row.operands)
            held = self._source(far.held, "held")
            value = f"{held}({self._on_floats(function)}, {self._beyond(function)}, {operands})"
            self.helpers.append(Helper(f"def {symbol}({operands}):\n    return {value}", frozenset(["math"])))
        return self._symbols[function]

    def _source(self, function: Callable[..., object], wanted: str) -> str:
        """The name of one of the interpreter's functions."""
        assert isinstance(function, FunctionType)
        return self._sources.function(self, function, wanted)

    def _on_floats(self, function: str) -> str:
        """The function on floats."""
        operator = self._plain.dialect.operators.get(function)
        return operator.template.partition("(")[0] if operator else self._plain.helper(function)

    def _beyond(self, function: str) -> str:
        """The function where a number is out of the range of floats."""
        row = FUNCTIONS[function]
        if function in BEYOND:
            return self._source(BEYOND[function], f"{function}_far")
        symbol = self.names.fresh(f"{function}_far")
        body = self.number(bind(beyond(function), row.operands, self)([variable(name) for name in row.operands]))
        self.helpers.append(Helper(self._define(symbol, row.operands, body), body.uses))
        return symbol
