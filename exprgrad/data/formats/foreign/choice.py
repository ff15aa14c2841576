"""Which table of several a file is read for, and how SQL writes its name."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.data.faults import quoted
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible
from exprgrad.text.spelling import did_you_mean


def chosen(names: Sequence[str], wanted: str | None, file: str, kind: str) -> str:
    """The name that is wanted, or the only one. Raises DataError where there is none, or the choice is the user's."""
    if not names:
        raise DataError(f"{visible(file)} has no {kind}")
    if wanted is None:
        if len(names) > 1:
            hint = f"choose one: --sheet {names[0]}"
            raise DataError(f"{visible(file)} has {len(names):,} {kind}s: {listed(names)}", hint=hint)
        return names[0]
    if wanted not in names:
        raise missing(names, wanted, file, kind)
    return wanted


def missing(names: Sequence[str], wanted: str, file: str, kind: str) -> DataError:
    """The error for a name that is not there."""
    hint = did_you_mean(wanted, list(names), f"it has {listed(names)}", '"{}"')
    return DataError(f"{visible(file)} has no {kind} {quoted(wanted)}", hint=hint)


def listed(names: Sequence[str]) -> str:
    """Some names, for a message."""
    return ", ".join(quoted(name) for name in names[:12]) + (", …" if len(names) > 12 else "")


def in_sql(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
