"""How the languages with C's statements differ, for the functions of the table that are translated to them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import NamedTuple

from exprgrad.jobs.export.texts import COMPARISONS, Operator, Text


class Table(NamedTuple):
    """A constant table in the target, or a list of numbers that is written to."""

    symbol: str
    size: str
    width: int = 1
    """How many numbers each element has."""


class Parameter(NamedTuple):
    """A parameter of a function in the target."""

    name: str
    kind: str = "number"
    """"number", "table" for a constant table, or "size" for how many elements the table before it has."""


class Braces(ABC):
    """A language in which C's `if (x) {`, `while (x) {` and `x ? y : z` mean what they mean in C."""

    variable = ""
    """How a variable is declared."""
    constant = ""
    """How a variable that does not change is declared."""
    counter = ""
    """How the counter of a loop is declared."""
    comparisons: Mapping[str, Operator] = COMPARISONS

    @abstractmethod
    def head(self, name: str, parameters: list[Parameter], results: int) -> str:
        """The first line of a function that returns this many numbers."""

    @abstractmethod
    def results(self, parts: list[str]) -> str:
        """Several numbers to return."""

    @abstractmethod
    def element(self, name: str, index: int) -> str:
        """One of the numbers that a function returned."""

    @abstractmethod
    def returned(self, count: int) -> str:
        """How a variable is declared that holds what such a function returns."""

    @abstractmethod
    def table(self, name: str, numbers: list[str]) -> str:
        """The definition of a constant table."""

    @abstractmethod
    def list(self, name: str, size: str) -> str:
        """The definition of a list of zeros."""

    @abstractmethod
    def index(self, text: Text) -> str:
        """A number as an index, or as a factor in one."""

    def comment(self, text: str) -> str:
        """A comment that says what a function computes."""
        return f"/* {text} */"
