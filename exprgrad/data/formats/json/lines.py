"""JSON documents as lines with an object each, as NDJSON has them: an array of objects as it comes, columns at once."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import numpy as np

from exprgrad.data.faults import CONVERT, PIPED, quoted
from exprgrad.data.formats.json.objects import integer
from exprgrad.data.stores.bounded import check_size
from exprgrad.data.stores.reading import Blocks, Stream
from exprgrad.errors import DataError
from exprgrad.text.escapes import visible

_BLOCK = 1 << 20
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_SPACE = ord(" ")

_CSV = "are these the rows? jq -r '.[] | @csv' FILE" + PIPED
WANTED = 'wanted are rows, [{"x": 1, "y": 2}, …], or columns, {"x": [1, …], "y": [2, …]}'

_NEXT = np.zeros((128, 256), np.bool_)
"""What may follow what, outside of the rows: [a character, the next one]. The text begins after a null character."""
for _pair in ("\0[", "[{", "[]", "{}", "},", "}]", ",{"):
    _NEXT[ord(_pair[0]), ord(_pair[1])] = True


class _Lines(Blocks):
    """A stream that is made of another. Raises OSError as that does, DataError for what is no such document."""

    def __init__(self, raw: Stream, name: str) -> None:
        super().__init__(self._make(), raw.close)
        self._raw = raw
        self._name = name

    def _make(self) -> Iterator[bytes]:
        raise NotImplementedError

    def _read(self) -> Iterator[bytes]:
        """The bytes, without the mark that may begin a text."""
        block = memoryview(bytearray(_BLOCK))
        start = b""
        while len(start) < len(_BOM) and (got := self._raw.readinto(block)):
            start += block[:got]
        yield start.removeprefix(_BOM)
        while got := self._raw.readinto(block):
            yield bytes(block[:got])


class ArrayLines(_Lines):
    """An array of objects. The commas between them become line ends, and line ends within them spaces."""

    def _make(self) -> Iterator[bytes]:
        self._quoted = np.uint8(0)
        self._depth = 0
        self._last = 0
        """The last character outside of rows and spaces."""
        self._rows = 0
        waiting = b""
        for block in self._read():
            text = waiting + block
            seen = _ESCAPE.sub(b"__", text) if b"\\" in text else text
            waiting = text[-1:] if seen.endswith(b"\\") else b""
            end = len(text) - len(waiting)
            if end:
                yield self._lines(text[:end], seen[:end])
        if waiting or self._last != ord("]"):
            raise self._refusal("the array is cut short", self._rows)

    def _lines(self, text: bytes, seen: bytes) -> bytes:
        """The lines of some bytes; in `seen` no quote is escaped."""
        characters = np.frombuffer(seen, np.uint8)
        quotes = characters == ord('"')
        inside = ((np.cumsum(quotes, dtype=np.uint8) + self._quoted) & 1).astype(np.bool_)
        outside = ~(inside | quotes)
        ends = (characters == ord("\n")) | (characters == ord("\r"))
        spaces = outside & (ends | (characters == _SPACE) | (characters == ord("\t")))
        opening = outside & (characters | 0x20 == ord("{"))
        closing = outside & (characters | 0x20 == ord("}"))
        after = self._depth + np.cumsum(opening.view(np.int8) - closing.view(np.int8), dtype=np.int32)
        before = after - opening + closing
        around = (np.minimum(after, before) <= 1) & ~spaces & (outside | quotes)
        places = np.flatnonzero(around)
        found = characters[places]
        self._check(found)
        if (ends & inside).any():
            place = int(np.argmax(ends & inside))
            raise self._refusal("a line ends within a text", int((found[places < place] == ord("{")).sum()))
        made = np.array(np.frombuffer(text, np.uint8))
        made[ends & outside] = _SPACE
        commas = places[found == ord(",")]
        made[commas] = ord("\n")
        kept = np.maximum(after, before) > 1
        kept[commas] = True
        self._rows += int((found == ord("{")).sum())
        self._last = int(found[-1]) if len(found) else self._last
        self._quoted = np.uint8(inside[-1])
        self._depth = int(after[-1])
        return bytes(made[kept])

    def _check(self, found: Any) -> None:
        """Raises DataError where something else than objects and commas follows one another."""
        before = np.concatenate([np.array([self._last], np.uint8), found[:-1]])
        wrong = ~_NEXT[np.minimum(before, 127), found] if len(found) else found
        if not wrong.any():
            return
        place = int(np.argmax(wrong))
        last, here = int(before[place]), int(found[place])
        rows = self._rows + int((found[:place] == ord("{")).sum())
        if last == 0:
            raise self._refusal("no array of objects", 0)
        if last == ord("]"):
            raise self._refusal("something follows the array", 0)
        if last == ord("}"):
            raise self._refusal("no comma after the object", rows)
        if last in b"[," and here not in b"]},":
            hint = _CSV if here == ord("[") else ""
            raise self._refusal("not a JSON object", rows + 1, hint.replace("FILE", shlex.quote(self._name)))
        raise self._refusal(f"invalid JSON: {chr(here)} in the wrong place", rows + (last in b"[,"))

    def _refusal(self, what: str, row: int, hint: str = "") -> DataError:
        place = f"{visible(self._name)}, row {row}" if row else visible(self._name)
        return DataError(f"{place}: {what}", hint=hint or ("" if row else WANTED))


class ColumnLines(_Lines):
    """An object of columns, arrays of the same length."""

    def _make(self) -> Iterator[bytes]:
        columns = columns_of(b"".join(self._limited()), self._name)
        names = [json.dumps(name, ensure_ascii=False) for name in columns]
        for row in zip(*columns.values(), strict=True):
            fields = (
                f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in zip(names, row, strict=True)
            )
            yield b"{" + ", ".join(fields).encode("utf-8", "surrogatepass") + b"}\n"

    def _limited(self) -> Iterator[bytes]:
        size = 0
        for block in self._read():
            size += len(block)
            check_size(size, visible(self._name), "write one object a line (NDJSON), or an array of objects")
            yield block


def columns_of(text: bytes, name: str) -> dict[str, list[Any]]:
    """The columns of an object of arrays. Raises DataError for anything else, and shows what is wanted."""
    try:
        found = json.loads(text.decode("utf-8"), parse_int=integer)
    except UnicodeDecodeError:
        raise DataError(f"{visible(name)}: not UTF-8", hint=CONVERT) from None
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) - 1:
            raise DataError(f"{visible(name)}: the JSON object is cut short") from None
        place = f"line {error.lineno}, column {error.colno}"
        raise DataError(f"{visible(name)}, {place}: invalid JSON: {error.msg}") from None
    except (ValueError, RecursionError):
        raise DataError(f"{visible(name)}: invalid JSON") from None
    if not isinstance(found, dict) or not found or not all(map(_is_column, found.values())):
        raise DataError(f"{visible(name)} holds no table", hint=_way(found, name))
    sizes = {key: len(value) for key, value in found.items()}
    if len(set(sizes.values())) > 1:
        shown = ", ".join(f"{quoted(key)} {size:,}" for key, size in list(sizes.items())[:6])
        raise DataError(f"{visible(name)}: the arrays have unequal lengths: {shown}")
    return found


def _is_column(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(each, dict) for each in value)


def _way(found: Any, name: str) -> str:
    """What to do with another object than one of arrays."""
    if isinstance(found, dict):
        for key, value in found.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                path = f".{key}" if key.isidentifier() and key.isascii() else f".[{json.dumps(key)}]"
                return f"are these the rows? jq {shlex.quote(path)} {shlex.quote(name)}{PIPED}"
        if found and all(isinstance(value, dict) for value in found.values()):
            return f'{WANTED}; pandas writes rows with orient="records"'
    return WANTED
