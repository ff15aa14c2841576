"""Checks of the arguments of the Python API: a value fits its argument, or a UsageError says what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from functools import wraps
from math import inf
from typing import Any, TypeGuard, TypeVar

from exprgrad.columns.memory import are_real
from exprgrad.columns.values import Column
from exprgrad.errors import ExprgradError, LimitError, UsageError
from exprgrad.observer import Observer

Binding = float | Column
"""A number, or a column: a list, an array, whatever has a length."""

Kind = Callable[[str, Any], Any]
"""Takes the name of an argument and its value, and gives the value converted. Raises UsageError."""

F = TypeVar("F", bound=Callable[..., Any])

LARGEST = 2**63 - 1
"""The largest count of anything."""
MAX_THREADS = 1024
_VAR_KEYWORDS = 0x08
"""The flag of code that takes any keyword: `inspect.CO_VARKEYWORDS`."""


def checked(function: F) -> F:
    """Wrap a function of the Python API: its arguments are checked and converted, each as its name says (see `KINDS`);
    a wrong keyword is an error that says which one is meant; and errors name keywords in the place of options."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    by_place = [KINDS.get(name) for name in names[: code.co_argcount]]
    taken = names[code.co_posonlyargcount :]
    by_name = set(taken) & KINDS.keys()
    has_others = bool(code.co_flags & _VAR_KEYWORDS)

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        try:
            found = list(args)
            if len(args) > len(by_place):
                raise _misplaced(function, args)
            for k, (kind, value) in enumerate(zip(by_place, args, strict=False)):
                if kind is not None:
                    found[k] = kind(names[k], value)
            if not has_others:
                for name in options:
                    if name not in taken:
                        from exprgrad.keywords import unknown

                        raise unknown(function.__name__, name, [other for other in taken if other != "self"])
            for name in by_name & options.keys():
                options[name] = KINDS[name](name, options[name])
            return function(*found, **options)
        except ExprgradError as error:
            error.left_python = True
            raise

    return call  # type: ignore[return-value]


def placed(function: F) -> F:
    """Wrap a function that checks its arguments itself: too many by place are an error in one line."""
    places = function.__code__.co_argcount

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if len(args) > places:
            raise _misplaced(function, args)
        return function(*args, **options)

    return call  # type: ignore[return-value]


def _misplaced(function: Callable[..., Any], args: Sequence[Any]) -> ExprgradError:
    from exprgrad.keywords import misplaced

    code = function.__code__
    own, places = int(code.co_varnames[:1] == ("self",)), code.co_argcount
    return misplaced(function.__name__.strip("_"), places - own, args[places:])


def text(name: str, value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise UsageError(f"{name} is a text, not {said(value)}")
    return value


def flag(name: str, value: Any) -> bool:
    """True or False."""
    if not (isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")):
        raise UsageError(f"{name} is True or False, not {said(value)}")
    return bool(value)


def one_of(*words: str) -> Kind:
    """One of these words."""

    def check(name: str, value: Any) -> str:
        if not (isinstance(value, str) and value in words):
            raise UsageError(f"{name} is {', '.join(map(repr, words[:-1]))} or {words[-1]!r}, not {said(value)}")
        return value

    return check


def number(name: str, value: Any) -> float:
    """A real number in binary64, given as one of Python or of an array library."""
    if type(value) is float:
        return value
    found = _real(value)
    if found is None:
        raise UsageError(f"{name} is a number, not {said(value)}")
    return found


def whole(least: int, most: float = LARGEST, what: str = "") -> Kind:
    """A whole number in an interval. Raises LimitError beyond LARGEST, where `most` is LARGEST."""

    def check(name: str, value: Any) -> int:
        name, found = what or name, None if isinstance(value, bool) else _whole(value)
        if found is not None and found > most == LARGEST:
            raise LimitError(f"{name} is {said(value)}, and the limit is {LARGEST:,}")
        if found is None or not least <= found <= most:
            numbers = f"from {least} on" if most >= LARGEST else f"from {least} to {most:,}"
            raise UsageError(f"{name} is a whole number {numbers}, not {said(value)}")
        return found

    return check


def observer(name: str, value: Any) -> Observer:
    """An observer, which is told how a run goes."""
    if not isinstance(value, Observer):
        raise UsageError(f"{name} is an exprgrad.Observer, not {said(value)}", hint="derive a class from it")
    return value


def names(name: str, value: Any) -> tuple[str, ...]:
    """Names of variables; a text is one name."""
    found = (value,) if isinstance(value, str) else _listed(value)
    if found is None or not all(isinstance(item, str) for item in found):
        raise UsageError(f"{name} are names of variables in a list, not {said(value)}")
    return tuple(found)


def bounds(name: str, value: Any) -> dict[str, tuple[float, float]]:
    """Intervals by name."""
    found = {}
    for variable, interval in _mapping(name, value).items():
        ends = None if isinstance(interval, str | bytes | Mapping) else _listed(interval)
        if ends is None or len(ends) != 2:
            what = f"the {name} of {variable} is two numbers (low, high), not {said(interval)}"
            raise UsageError(what, hint="an open end is float('-inf') or float('inf')")
        low, high = (number(f"an end of the {name} of {variable}", end) for end in ends)
        found[variable] = (low, high)
    return found


def bindings(name: str, value: Any) -> dict[str, Any]:
    """Numbers and columns by the names of variables; what they are is checked where they are used."""
    return _mapping(name, value)


def like(*attributes: str) -> Kind:
    """An object that has these attributes, of whatever class."""

    def check(name: str, value: Any) -> Any:
        if isinstance(value, type) or not all(hasattr(value, attribute) for attribute in attributes):
            raise UsageError(f"{name} is an object with {', '.join(attributes)}, not {said(value)}")
        return value

    return check


def quantity(name: str, value: Any) -> str:
    """A number, or a text with the name of a column or an expression of columns: as text."""
    if isinstance(value, str):
        return value
    if is_column(value):
        raise UsageError(f"{name} takes the name of a column, not its numbers", hint=f'write {name}="s", and s=[…]')
    return repr(number(name, value))


def optional(kind: Kind) -> Kind:
    """The same, or None."""
    return lambda name, value: None if value is None else kind(name, value)


def request(name: str, value: Any) -> Any:
    """The `Request` of a job: what is asked for beside the bindings. Each job has its own class."""
    if type(value).__name__ != "Request":
        raise UsageError(f"{name} is a Request of its job, not {said(value)}")
    return value


KINDS: dict[str, Kind] = {
    "text": lambda name, value: text("the expression", value),
    "name": text,
    "wrt": names,
    "order": whole(1, inf, what="the order of a derivative"),
    "hessian": flag,
    "limit": optional(whole(1)),
    "params": names,
    "fix": names,
    "bound": bounds,
    "init": optional(text),
    "maximize": flag,
    "l2": number,
    "sigma": optional(quantity),
    "absolute": flag,
    "weights": optional(quantity),
    "robust": optional(text),
    "likelihood": text,
    "intervals": text,
    "resamples": whole(2),
    "seed": whole(0),
    "trials": optional(quantity),
    "scale": optional(number),
    "method": text,
    "max_iterations": whole(1),
    "tolerance": number,
    "confidence": number,
    "coverage": number,
    "results": names,
    "second_order": flag,
    "explain": flag,
    "threads": optional(whole(1, MAX_THREADS)),
    "backend": text,
    "points": optional(whole(2)),
    "digits": optional(whole(1)),
    "log": optional(one_of("x", "y", "xy")),
    "title": optional(text),
    "x_label": optional(text),
    "y_label": optional(text),
    "request": optional(request),
    "engine": optional(like("backend", "threads")),
    "checkpoints": optional(like("file", "every")),
    "observer": observer,
}
"""What arguments take, by their names: one name means the same in every call."""


def separate(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Column]]:
    """Numbers, and columns."""
    numbers: dict[str, Any] = {}
    columns: dict[str, Column] = {}
    for name, value in values.items():
        if is_column(value):
            columns[name] = value
        else:
            numbers[name] = value
    return numbers, columns


def is_column(value: Any) -> TypeGuard[Column]:
    """Whether a value has a length: an array of no dimensions has none, and neither a text nor a record is a column."""
    if isinstance(value, float | int) or is_record(value):
        return False
    return isinstance(value, Sized) and not isinstance(value, str | bytes) and getattr(value, "shape", None) != ()


def is_record(value: Any) -> bool:
    """Whether a value is a tuple whose items have names: they are different things, and no numbers of one column."""
    kind = type(value)
    return kind is not tuple and isinstance(value, tuple) and (hasattr(kind, "_fields") or hasattr(kind, "n_fields"))


def as_number(name: str, value: Any) -> float:
    """The value of a variable in binary64. Raises UsageError, with its name."""
    if type(value) is float:
        return value
    if is_column(value):
        raise UsageError(f"{name} takes one number here, not a column of {len(value)}")
    found = _real(value)
    if found is None:
        from exprgrad.keywords import spread

        raise UsageError(f"the value of {name} must be a binary64 number, not {said(value)}", hint=spread(value))
    return found


def _real(value: Any) -> float | None:
    """A real number in binary64; None for what is none, such as a complex number or a text."""
    sort = getattr(getattr(value, "dtype", None), "kind", "f")
    if not (hasattr(type(value), "__float__") or hasattr(type(value), "__index__")):
        return None
    if not are_real([type(value)]) or (isinstance(sort, str) and sort not in "fiubO"):
        return None
    try:
        return float(value)
    except Exception:  # whatever a class of another library raises, it is no number
        return None


def _whole(value: Any) -> int | None:
    """A whole number; None for what is none."""
    if isinstance(value, int):
        return int(value)
    found = _real(value)
    return int(found) if found is not None and found == found and abs(found) < 2.0**63 and found == int(found) else None


def _mapping(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        from exprgrad.keywords import spread

        what = f"{name} takes values by the names of variables, as a dict, not {said(value)}"
        raise UsageError(what, hint=spread(value))
    for key in value:
        if not isinstance(key, str):
            raise UsageError(f"{name} takes values by the names of variables, and {said(key)} is no name")
    return dict(value)


def _listed(value: Any) -> list[Any] | None:
    """The items of a list or the like; None for what has none."""
    if isinstance(value, bytes | bytearray | memoryview) or getattr(value, "shape", None) == ():
        return None
    try:
        return list(value)
    except TypeError:
        return None


def said(value: Any) -> str:
    """A value as text for a message: short, even where its own repr fails."""
    try:
        written = repr(value)
    except Exception:
        written = ""
    return written if 0 < len(written) <= 60 else f"a value of type {type(value).__name__}"
