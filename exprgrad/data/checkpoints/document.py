"""A checkpoint as a document: JSON with a checksum. Its structure is checked when it is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any, NamedTuple

from exprgrad.data.stores.bounded import check_size, read_whole
from exprgrad.errors import DataError, LimitError, UsageError
from exprgrad.text.escapes import visible
from exprgrad.text.numbers import WORDS, word

VERSION = 1
BEGINS = b'{\n "exprgrad": "checkpoint"'
"""The first bytes of every checkpoint."""
_MOST = 1 << 53
"""The largest count."""


def write(run: Mapping[str, Any], state: Mapping[str, Any]) -> bytes:
    """The bytes of a checkpoint. Raises LimitError where they are more than `read` takes."""
    content = {"exprgrad": "checkpoint", "version": VERSION, "run": plain(run), "state": plain(state)}
    text = json.dumps({**content, "checksum": checksum(content)}, ensure_ascii=False, allow_nan=False, indent=1)
    data = text.encode() + b"\n"
    check_size(len(data), "the checkpoint", "leave out --checkpoint")
    return data


def read(file: str, form: Form) -> dict[str, Any]:
    """A whole checkpoint of this form.

    Raises FileNotFoundError, DataError for a file that is no checkpoint, UsageError for one of another command,
    LimitError for one that is too long.
    """
    try:
        with open(file, "rb") as stream:
            data = read_whole(stream, file)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DataError(f"cannot read the checkpoint {visible(file)}: {error.strerror}") from None
    document = _signed(data)
    if document is None or document.get("exprgrad") != "checkpoint":
        raise damaged(file)
    if type(document.get("version")) is int and document["version"] != VERSION:
        raise DataError(f"the checkpoint {visible(file)} is of another version of exprgrad")
    run = document.get("run")
    if isinstance(run, dict) and run and not run.keys() & form.run.keys():
        raise UsageError(f"{visible(file)} is a checkpoint of another command")
    for place in _misfits(document, {**_DOCUMENT, "run": form.run, "state": form.state}, ""):
        raise damaged(file, f"{place} is not what it should be")
    return document


def is_signed(file: str) -> bool:
    """Whether the checksum in a file is right, whatever else stands there."""
    try:
        with open(file, "rb") as stream:
            return _signed(read_whole(stream, file)) is not None
    except (OSError, LimitError):
        return False


def _signed(data: bytes) -> dict[str, Any] | None:
    """The object in a JSON text; None where there is none, or its checksum is wrong."""
    try:
        document = json.loads(data)
        content = {key: value for key, value in document.items() if key != "checksum"}
        return document if document["checksum"] == checksum(content) else None
    except (ValueError, KeyError, AttributeError, RecursionError):
        return None


def damaged(file: str, what: str = "") -> DataError:
    """The error of a checkpoint that cannot be used."""
    return DataError(f"the checkpoint {visible(file)} is damaged" + (f": {visible(what)}" if what else ""))


def checksum(content: Mapping[str, Any]) -> str:
    """The checksum of a document."""
    from hashlib import blake2b

    text = json.dumps(content, sort_keys=True, allow_nan=False)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def plain(value: Any) -> Any:
    """The value as JSON has it: lists for tuples, and texts for numbers that are not finite."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return word(value)
    return value


def number(value: float | str) -> float:
    """A number of a document, which may be one of the texts of `plain`."""
    return WORDS[value] if isinstance(value, str) else float(value)


def is_text(value: object) -> bool:
    return isinstance(value, str)


def is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MOST


def is_number(value: object) -> bool:
    if isinstance(value, str):
        return value in WORDS
    try:
        return type(value) in (int, float) and isfinite(value)  # type: ignore[arg-type]
    except OverflowError:
        return False


def is_setting(value: object) -> bool:
    return value is None or isinstance(value, bool | str | int | float)


Schema = Callable[[object], bool] | Mapping[str | None, Any] | list[Any]
"""What a value must be: one that passes a test; an object with these keys (the key None stands for any keys), or a list
whose items are all like the one item here."""


class Form(NamedTuple):
    """What the checkpoints of a command hold, as schemas."""

    run: Mapping[str | None, Any]
    """What has to be the same for a run to go on."""
    state: Mapping[str | None, Any]
    """Where the run stands."""


_DOCUMENT: Mapping[str | None, Any] = {"exprgrad": is_text, "version": is_count, "checksum": is_text}


def _misfits(value: object, schema: Schema, place: str) -> Iterator[str]:
    """The places, such as `state.memory[0]`, of the values that do not fit the schema."""
    if isinstance(schema, list):
        if not isinstance(value, list):
            yield place
            return
        for index, item in enumerate(value):
            yield from _misfits(item, schema[0], f"{place}[{index}]")
    elif isinstance(schema, Mapping):
        if not isinstance(value, dict):
            yield place or "it"
            return
        for key in dict.fromkeys([*schema, *value]) if None not in schema else value:
            inner = f"{place}.{key}" if place else str(key)
            if key not in value or (None not in schema and key not in schema):
                yield inner
            else:
                yield from _misfits(value[key], schema.get(key, schema.get(None)), inner)
    elif not schema(value):
        yield place


def of_another(file: str, what: str, more: str, hint: str = "") -> UsageError:
    """The error of a checkpoint of something else than the run that is resumed, with more on what differs."""
    hint = hint or "resume with what it was begun with, or leave out --resume"
    return UsageError(f"{visible(file)} is a checkpoint of {what}{more}", hint=hint)


def differences(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    """What differs of two runs, as the end of a message."""
    names = [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)]
    told = ", ".join(f"{name} was {_told(theirs, name)}, now {_told(ours, name)}" for name in names[:3])
    return f": {told}" if told else ""


def _told(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return "not given" if value is None else value if isinstance(value, str) else json.dumps(value)
