"""The job of `export`: an expression and its derivatives as a function in another language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exprgrad.errors import UsageError
from exprgrad.functions.table import MIXING, SCANS, WRITTEN
from exprgrad.graph.lower import Model
from exprgrad.jobs.export.emitter import LackingError
from exprgrad.jobs.export.joint import joint
from exprgrad.jobs.export.languages import LANGUAGES
from exprgrad.jobs.export.target import Request, Target


def export(
    model: Model,
    bindings: Mapping[str, float],
    to: str,
    *,
    name: str | None = None,
    wrt: Sequence[str] = (),
    columns: Sequence[str] = (),
    hessian: bool = False,
    main: bool = False,
) -> str:
    """The source of a function in the language of that name (see `languages`): it computes the model's value and its
    derivatives with respect to `wrt` (by default all unbound variables that are no columns), with the bindings put in.

    Raises UsageError for a name that is no variable, and for what the language lacks.
    """
    target = LANGUAGES[to].target()
    mixing = [operation for operation in model.graph.operations if operation in MIXING]
    mixing.sort(key=lambda operation: operation not in SCANS)
    named = WRITTEN.get(mixing[0], mixing[0]) if mixing else ""
    ordered = named in SCANS
    does = "adds up the rows of a column" if ordered else "folds a column"
    if main and not target.has_program:
        able = [row.name for row in LANGUAGES.values() if row.target().has_program]
        raise UsageError(f"--main is for {', '.join(able)}: {to} has no program of its own")
    if ((mixing or columns) and not target.columns) or (ordered and not target.ordered):
        rows = columns or [*model.graph.inputs()]
        targets = {row.name: row.target() for row in LANGUAGES.values()}
        fold = {each: one for each, one in targets.items() if one.columns and (one.ordered or not ordered)}
        able = [each for each, one in fold.items() if _has_all(one, model, bindings, rows)]
        what = f"function {named}, which {does}" if mixing else "columns"
        raise UsageError(f"{to} has no {what}", hint=f"export to {', '.join(able)}")
    if mixing and not columns and not target.formulas:
        raise UsageError(f"{named} {does}", hint="say with --columns which variables are columns, as x,y")
    found = joint(model, bindings, wrt, columns, hessian=hessian, simplified=target.formulas)
    try:
        return target.export(Request(found, target.function if name is None else name, main))
    except LackingError as error:
        targets = {row.name: row.target() for row in LANGUAGES.values()}
        *able, last = [each for each, one in targets.items() if one.has_all and (one.columns or not mixing)]
        hint = f"{', '.join(able)} and {last} have all functions" if able else f"{last} has it"
        lacking = str(error) if str(error) in model.graph.operations or not mixing else named
        raise UsageError(f"{to} has no function {lacking}", hint=hint) from error


def _has_all(target: Target, model: Model, bindings: Mapping[str, float], columns: Sequence[str]) -> bool:
    """Whether a language has all functions of an expression with these columns and of its derivatives."""
    try:
        found = joint(model, bindings, (), columns, hessian=False, simplified=target.formulas)
        target.export(Request(found, target.function, False))
    except LackingError:
        return False
    except UsageError:
        pass
    return True
