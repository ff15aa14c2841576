"""The result of `eval`: the value of an expression and its derivatives, at a point or over columns."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from exprgrad.columns.values import Value, lost
from exprgrad.shown import shows_itself

if TYPE_CHECKING:
    from exprgrad.jobs.evaluate.certified.result import Certified


class Row(NamedTuple):
    """A name, its value, and d result / d name."""

    name: str
    value: Value
    gradient: Value
    tangent: Value | None = None
    """d name / d t along the direction asked for."""


class Digits(str):
    """A number as text, with all the digits that were asked for: they are shown as they are."""

    __slots__ = ()


@shows_itself
class Evaluation(NamedTuple):
    """The value of an expression and its derivatives."""

    expression: str
    gradient: dict[str, Value]
    """d result / d variable, in order of first use."""
    rows: tuple[Row, ...]
    """Variables, then intermediates; the result's row last."""
    nodes: tuple[Row, ...]
    """Every node of the graph, if they were asked for; the result's row last."""
    unbound: tuple[str, ...]
    """The variables without a value. If there are any, every value is a text."""
    higher: dict[str, tuple[Value, ...]]
    """For each variable the derivatives from the second order on, if they were asked for."""
    hessian: dict[str, dict[str, Value]]
    """The second derivatives with respect to each pair of variables, if they were asked for."""
    variables: dict[str, Value]
    """The values of the variables that have one number, and of the columns that have a row."""
    notes: tuple[str, ...]
    """What the user should know: which operation made a nan or an infinity, and which derivatives are conventions."""

    certified: tuple[Certified, ...] = ()
    """What was proved of each number, if it was asked for; the result's value last."""
    certifies: bool = False
    """Whether what was proved is shown, or the numbers alone."""

    @property
    def proved(self) -> bool:
        """Whether each number is proved that was to be, and none is proved wrong."""
        return not any(number.reason for number in self.certified)

    @property
    def finite(self) -> bool:
        """Whether no number of the value and the derivatives is nan or infinite. Texts count as finite."""
        second = [value for row in self.hessian.values() for value in row.values()]
        values = [self.rows[-1].value, *self.gradient.values(), *second, *chain(*self.higher.values())]
        return not any(map(lost, values))
