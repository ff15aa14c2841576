"""The languages to export to, a row for each. What writes a language is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Final, NamedTuple

from exprgrad.jobs.export.target import Target


class Language(NamedTuple):
    """A language, or a library of one."""

    name: str
    """Its name for `--format`."""
    where: str
    """Its target: `module:class`."""
    suffixes: tuple[str, ...] = ()
    """How the names of its files end. Without `--format` a suffix stands for the first language that has it."""
    synonyms: tuple[str, ...] = ()
    """Other names for `--format`."""

    def target(self) -> Target:
        """What writes this language."""
        module, _, name = self.where.partition(":")
        found = getattr(import_module(module), name)(self.name)
        assert isinstance(found, Target)
        return found


LANGUAGES: Final[dict[str, Language]] = {}
"""Every language by its name."""


def register(language: Language) -> None:
    """Add a language. Raises ValueError if one of its names is taken."""
    for name in (language.name, *language.synonyms):
        if find(name):
            raise ValueError(f"the language {name} is defined twice")
    LANGUAGES[language.name] = language


def find(name: str) -> Language | None:
    """The language that is called by this name."""
    return next((row for row in LANGUAGES.values() if name in (row.name, *row.synonyms)), None)


def of_file(path: str) -> Language | None:
    """The language of a file with this name."""
    return next((row for row in LANGUAGES.values() if path.lower().endswith(row.suffixes)), None)


_HERE = "exprgrad.jobs.export.targets"
for _row in [
    Language("c", f"{_HERE}.c:C", (".c",), ("c99",)),
    Language("python", f"{_HERE}.python:Python", (".py",), ("py",)),
    Language("numpy", f"{_HERE}.arrays:NumPy", (".py",)),
    Language("jax", f"{_HERE}.arrays:Jax", (".py",)),
    Language("torch", f"{_HERE}.arrays:Torch", (".py",), ("pytorch",)),
    Language("javascript", f"{_HERE}.javascript:JavaScript", (".mjs", ".js"), ("js",)),
    Language("sql", f"{_HERE}.sql:Sql", (".sql",), ("duckdb",)),
    Language("latex", f"{_HERE}.formulas:Latex", (".tex",), ("tex",)),
    Language("mathml", f"{_HERE}.formulas:MathML", (".mml",)),
    Language("sympy", f"{_HERE}.formulas:Sympy", (".py",)),
]:
    register(_row)
