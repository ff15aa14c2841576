"""The Python functions of the table with all that they call, for a file of Python."""

from __future__ import annotations

from pprint import pformat
from types import FunctionType

from exprgrad.functions.source.description import TranslationError
from exprgrad.functions.table import FUNCTIONS
from exprgrad.jobs.export.borrowed import Found, Source, called, renamed
from exprgrad.jobs.export.emitter import Emitter
from exprgrad.jobs.export.texts import Helper


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

    def function(self, emitter: Emitter, function: Source, wanted: str) -> str:
        """The name of a function, or a class; its source is added where it is new. Raises TranslationError if it has
        none."""
        if function not in self._symbols:
            found = called(function)
            self._symbols[function] = symbol = emitter.names.fresh(wanted)
            names = tuple((name, self._named(emitter, name, value)) for name, value in found)
            emitter.helpers.append(renamed(function, symbol, names))
        return self._symbols[function]

    def constant(self, emitter: Emitter, name: str, value: object) -> str:
        """The name of a constant of a module."""
        key = (name, repr(value))
        if key not in self._symbols:
            self._symbols[key] = emitter.names.fresh(name.rpartition(".")[2].strip("_").upper())
            text = f"{self._symbols[key]} = {pformat(value, width=110, compact=True)}"
            emitter.helpers.append(Helper(text, is_line=True))
        return self._symbols[key]

    def _named(self, emitter: Emitter, name: str, found: Found) -> str:
        if isinstance(found, FunctionType | type):
            return self.function(emitter, found, found.__name__)
        return self.constant(emitter, name, found)
