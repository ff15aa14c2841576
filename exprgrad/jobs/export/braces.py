"""How languages with C's statements differ, where functions of the table are written out in them."""

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
    """Numbers in each element."""


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
    """How one that stays is declared."""
    counter = ""
    """How a whole number that counts is declared."""
    comparisons: Mapping[str, Operator] = COMPARISONS

    @abstractmethod
    def head(self, name: str, parameters: list[Parameter], results: int) -> str:
        """The line that a function begins with; it returns so many numbers."""

    @abstractmethod
    def results(self, parts: list[str]) -> str:
        """Several numbers to return."""

    @abstractmethod
    def part(self, name: str, index: int) -> str:
        """One of the numbers that a function returned."""

    @abstractmethod
    def returned(self, count: int) -> str:
        """How a variable for so many numbers is declared."""

    @abstractmethod
    def table(self, name: str, numbers: list[str]) -> str:
        """The definition of a constant table."""

    @abstractmethod
    def list(self, name: str, size: str) -> str:
        """The definition of a list of zeros."""

    @abstractmethod
    def index(self, text: Text) -> str:
        """A number as an index, or a factor of one."""

    def comment(self, text: str) -> str:
        """A line that says what a function computes."""
        return f"/* {text} */"
