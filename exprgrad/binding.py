"""Bindings: which variables of a program have values, told apart into numbers and columns, and the model for them.

This is the one place where what comes from a command line or from Python is checked against a program. From here on a
value travels in `Inputs`, which the jobs take as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from exprgrad.arguments import Binding, as_number, separate
from exprgrad.autodiff.expand import expand
from exprgrad.columns.memory import Columns
from exprgrad.columns.rows import RowSource
from exprgrad.errors import UnboundError, UsageError
from exprgrad.graph.lower import Model, lower
from exprgrad.graph.reach import cone
from exprgrad.graph.terms import STAND_IN
from exprgrad.notation.infix import write_program
from exprgrad.syntax import Program
from exprgrad.text.spelling import did_you_mean, its_variables


class Inputs(NamedTuple):
    """The values that the variables of a model have."""

    numbers: dict[str, float]
    """Those that are one number, with the program's own defaults."""
    rows: RowSource | None = None
    """Where the columns are, if any variable is one."""

    @property
    def columns(self) -> Collection[str]:
        """The names of the columns."""
        return () if self.rows is None else self.rows.names

    def unbound(self, model: Model) -> list[str]:
        """The variables of the model that have no value."""
        return [name for name in model.graph.inputs() if name not in self.numbers and name not in self.columns]

    def check_complete(self, model: Model) -> None:
        """Raises UnboundError for variables of the model that have no value."""
        if missing := self.unbound(model):
            raise UnboundError(missing)


class Lowered:
    """A program that was parsed and lowered, to be bound. Where constants of the language are bound, or variables are
    columns, another model is made of it."""

    def __init__(self, program: Program, *, formula: bool = False) -> None:
        """The program may be a formula `y ~ model`. Raises ExpressionError, with the place of the mistake."""
        plain = lower(program, formula=formula)
        self.program: Program | None = program
        self.formula = formula
        self.model = expand(plain)
        self.mentioned = tuple(name for name in plain.graph.inputs() if STAND_IN not in name)
        """The variables in the text; differentiation may have removed some of them from the expression."""
        self._differentiates = self.model is not plain

    @classmethod
    def of(cls, model: Model) -> Lowered:
        """A model without a text, such as a derivative."""
        self = cls.__new__(cls)
        self.program, self.formula, self.model = None, False, model
        self.mentioned, self._differentiates = tuple(model.graph.inputs()), False
        return self

    @property
    def text(self) -> str:
        """The text that it was parsed from; without a program, a text that parses to it."""
        model = self.model
        return self.program.source.text if self.program else write_program(model.graph, model.output, model.labels)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in order of first use."""
        return tuple(self.model.graph.inputs())

    @property
    def bindable(self) -> tuple[str, ...]:
        """The names that can be given a value: variables, those declared by the program, and constants that it uses."""
        model = self.model
        return tuple(dict.fromkeys([*self.variables, *self.mentioned, *model.defaults, *sorted(model.constants)]))

    @property
    def observed(self) -> tuple[str, ...]:
        """The variables in the response of a formula; none of an expression."""
        response = self.model.response
        found = cone(self.model.graph, [] if response is None else [response])
        return tuple(name for name, node in self.model.graph.inputs().items() if node in found)

    def model_for(self, numbers: Iterable[str], columns: Collection[str] = ()) -> Model:
        """The model in which these names are variables: numbers, or columns. Raises UsageError for a name that is no
        variable."""
        names, model = [*numbers, *columns], self.model
        rebound = model.constants.intersection(names)
        if self.program is not None and (rebound or (columns and self._differentiates)):
            # A binding wins over a constant of the language; a diff depends on what is a column.
            model = expand(lower(self.program, rebound, formula=self.formula), columns or None)
        for name in names:
            if name in model.intermediates:
                raise UsageError(f"{name} is computed by the expression and cannot be bound")
            if not (model.graph.has_input(name) or name in model.defaults or name in self.mentioned):
                raise self.unknown(name)
        return model

    def check_variables(self, model: Model, names: Iterable[str]) -> None:
        """Raise UsageError for a name that is no variable of the model."""
        for name in names:
            if not model.graph.has_input(name):
                raise self.unknown(name)

    def check_wrt(self, model: Model, names: Iterable[str]) -> None:
        """Raise UsageError for a name with respect to which the model has no derivative: it is neither a variable nor
        a named value."""
        self.check_variables(model, (name for name in names if name not in model.intermediates))

    def doubtful(self) -> list[str]:
        """The constants of the language that the text names where a variable is more likely."""
        from exprgrad.graph.constants import doubtful

        return doubtful(self.program, self.model.constants, formula=self.formula)

    def constant_notes(self, given: Collection[str]) -> list[str]:
        """Notes on these constants, but for those that are `given`: by a value, or as a column."""
        return [self.model.as_parameter(name) for name in self.doubtful() if name not in given]

    def unknown(self, name: str) -> UsageError:
        """The error of a name that the expression does not use."""
        hint = self.model.rename(name)
        return no_variable(f"the expression has no variable {name}", name, self.variables, hint)


def no_variable(message: str, name: str, variables: Iterable[str], hint: str = "") -> UsageError:
    """The error of a name that is none of these variables. Without a hint it says which one is meant, or lists them."""
    names = list(variables)
    return UsageError(message, hint=hint or did_you_mean(name, names, its_variables(names)))


def bind(
    lowered: Lowered, bindings: Mapping[str, Binding], data: RowSource | None = None, *, beside: Collection[Any] = ()
) -> tuple[Model, Inputs]:
    """The model for some bindings, and its inputs. A value that has a length is a column; otherwise the columns are
    those of `data`. `beside` names columns of `data` that need not be variables.

    Raises UsageError for a name that is no variable, for a value that is neither number nor column, and for columns in
    both places; DataError for columns of unequal length.
    """
    numbers, columns = separate(bindings)
    if columns and data is not None:
        raise UsageError(f"{next(iter(columns))} is a list, but there are columns of data", hint="put it into the data")
    rows = Columns(columns) if columns else data
    names = () if rows is None else [name for name in rows.names if name not in beside or name in lowered.variables]
    model = lowered.model_for(numbers, names)
    return model, Inputs(_numbers(model, numbers), rows)


def bind_numbers(lowered: Lowered, bindings: Mapping[str, Any], *, complete: bool = False) -> tuple[Model, Inputs]:
    """As `bind`, where every value has to be one number. With `complete`, raises UnboundError for variables that have
    no value."""
    model = lowered.model_for(bindings)
    inputs = Inputs(_numbers(model, bindings))
    if complete:
        inputs.check_complete(model)
    return model, inputs


def _numbers(model: Model, given: Mapping[str, Any]) -> dict[str, float]:
    """The given values in binary64; for other variables those that the program itself gives."""
    return {**model.defaults, **{name: as_number(name, value) for name, value in given.items()}}
