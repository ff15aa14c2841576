"""The files that a command reads and writes, by its options: no output goes where an input is, nor where another
output goes, under whatever names.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import click

from exprgrad.errors import OutputError, UsageError
from exprgrad.text.escapes import visible


class InputFile(click.Path):
    """The type of options with a file to be read."""


class OutputFile(click.Path):
    """The type of options with a file to be written, which is one of this machine."""

    def __init__(self, *beside: str) -> None:
        """`beside` are suffixes of files that are written beside it, such as `.previous`."""
        super().__init__()
        self.beside = beside

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises OutputError for a URL."""
        if value == "-":
            return value
        from exprgrad.data.stores.urls import is_url, parsed

        if is_url(value):
            what = f"cannot write {visible(parsed(value).shown)}: it is a URL"
            raise OutputError(what, hint="write a file of this machine, and copy it there")
        return super().convert(value, param, ctx)


class _Output(NamedTuple):
    """A file to be written."""

    option: str
    path: str
    identity: tuple[object, ...]
    replaced: bool
    """Whether a new file takes its name at the end, so that what others write to it is lost."""


def check_files(ctx: click.Context, *, standard_input: bool) -> None:
    """Before anything is read or written: raises UsageError where two outputs of the line are one file, or an output
    is an input. `standard_input` says whether that is read."""
    taken: dict[tuple[object, ...], _Output] = {}
    for output in _outputs(ctx):
        other = taken.setdefault(output.identity, output)
        if other.option != output.option and (other.replaced or output.replaced):
            name = other.path if output.path == "-" else output.path
            what = f"{other.option} and {output.option} both name {visible(name)}"
            raise UsageError(what, hint="give each a file of its own")
    for param, value in _values(ctx, InputFile):
        check_inputs(ctx, _name(param), [value])
    if standard_input:
        check_inputs(ctx, "", ["-"])


def check_inputs(ctx: click.Context, option: str, paths: Iterable[str]) -> None:
    """Raises UsageError where one of the files that an option reads, "-" for standard input, is an output."""
    outputs = {output.identity: output for output in _outputs(ctx)}
    for path in paths if outputs else ():
        output = outputs.get(_identity(path, 0) or ())
        if output is None:
            continue
        reader = "standard input reads" if path == "-" else f"{option} reads"
        name = output.path if path == "-" else path
        raise UsageError(f"{output.option} would write over {visible(name)}, which {reader}", hint="name another file")


def check_folder(target: str) -> None:
    """Raises OutputError where the folder of a file is missing, or a folder has its name."""
    folder = os.path.dirname(target)
    if folder and not os.path.isdir(folder):
        raise OutputError(f"cannot write {visible(target)}: there is no folder {visible(folder)}")
    if os.path.isdir(target):
        raise OutputError(f"cannot write {visible(target)}: it is a folder")


def _outputs(ctx: click.Context) -> Iterator[_Output]:
    """What is written: the files of options, and standard output where it goes into a file."""
    for param, value in _values(ctx, OutputFile):
        if value == "-":
            continue
        from exprgrad.data.output.target import descriptor_of

        assert isinstance(param.type, OutputFile)
        for path in (value, *(os.path.realpath(value) + ending for ending in param.type.beside)):
            if (identity := _identity(path, 1) or _place(path)) is not None:
                yield _Output(_name(param), path, identity, descriptor_of(path) is None)
    if (identity := _identity("-", 1)) is not None:
        yield _Output("standard output", "-", identity, False)


def _values(ctx: click.Context, kind: type[click.Path]) -> Iterator[tuple[click.Parameter, str]]:
    """The files that the line names, of options of such a type."""
    for param in ctx.command.params:
        if isinstance(param.type, kind):
            value = ctx.params.get(param.name or "")
            for path in (value,) if isinstance(value, str) else value or ():
                yield param, path


def _name(param: click.Parameter) -> str:
    return max(param.opts, key=len)


def _identity(path: str, standard: int) -> tuple[object, ...] | None:
    """What identifies a regular file under all of its names; None for other files, and where there is none. "-" stands
    for the standard descriptor."""
    try:
        if path == "-":
            stream = (sys.stdin, sys.stdout)[standard]
            found = os.fstat(standard) if stream is not None else None
        else:
            found = os.stat(path)
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if found is not None and stat.S_ISREG(found.st_mode) else None


def _place(path: str) -> tuple[object, ...] | None:
    """What identifies a file that does not exist yet; None for what exists, such as a folder or a device."""
    folder, base = os.path.split(os.path.realpath(path))
    try:
        found = None if os.path.exists(path) else os.stat(folder)
    except (OSError, ValueError):
        return None
    return None if found is None else (found.st_dev, found.st_ino, base)
