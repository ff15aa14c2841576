"""The walk: a writer is asked only for what is not known, and the two writers refuse in the same words."""

from __future__ import annotations

import math

import pytest

from exprgrad import UsageError, parse
from exprgrad.functions import table
from exprgrad.functions.entry import Function
from exprgrad.functions.source.description import TranslationError
from exprgrad.functions.source.reader import read
from exprgrad.functions.source.writer import Writer
from exprgrad.jobs.export.emitter import Emitter
from exprgrad.jobs.export.names import Names
from exprgrad.jobs.export.routine import Translator
from exprgrad.jobs.export.targets.javascript import _DIALECT, _JavaScript

_PAIR = (1.5, 2.5)


def known(x: float) -> float:
    if 1 < 2 and not _PAIR[0] > _PAIR[1]:
        x *= 2.0 + 3.0 * math.sqrt(4.0) if x > 0 or _PAIR[0] > 1 else 0.0
    return x


def swapped(x: float, y: float) -> float:
    x, y = y, x
    for k in range(3):
        y = x + k
    return x - y


def uneven(x: float) -> float:
    a, b = (x, x, x)  # type: ignore[misc]
    return a + b


def javascript(function: object) -> str:
    emitter = Emitter(_DIALECT, Names(()), lambda *parts: "", lambda emitter, name: None, lambda name: None)
    Translator(_JavaScript()).routine(emitter, read(function))  # type: ignore[arg-type]
    return emitter.helpers[-1].text


def test_what_is_known_is_computed() -> None:
    assert javascript(known) == "function known(x) {\n    x = x*8;\n    return x;\n}"


def test_variables_change_all_at_once_and_are_declared_once() -> None:
    assert javascript(swapped).splitlines() == [
        "function swapped(x, y) {",
        "    const next_1 = y;",
        "    const next_2 = x;",
        "    x = next_1;",
        "    y = next_2;",
        "    for (let k = 0; k < 3; k += 1) {",
        "        y = x + k;",
        "    }",
        "    return x - y;",
        "}",
    ]


def test_a_value_that_does_not_fit_its_targets_is_refused() -> None:
    with pytest.raises(TranslationError, match="does not match its value in uneven"):
        javascript(uneven)


@pytest.mark.parametrize(("function", "said"), [(uneven, "does not match"), (math.cos, "not written in Python")])
def test_a_function_of_the_table_that_cannot_be_translated(function: object, said: str) -> None:
    pytest.importorskip("llvmlite")
    row = Function("odd", ("x",), "odd", ("1",), value=function)  # type: ignore[arg-type]
    table.register(row)
    try:
        from exprgrad.backends.llvm.emit.definitions import Definitions
        from exprgrad.backends.llvm.source.translate import scalar
        from exprgrad.jobs.export.export import export

        with pytest.raises(UsageError, match=f"odd cannot be compiled: .*{said}"):
            scalar(row, Definitions())
        with pytest.raises(UsageError, match="javascript has no function odd"):
            export(parse("odd(x)").model, {}, "javascript")
    finally:
        del table.FUNCTIONS["odd"]


def test_each_writer_says_how_every_construct_is_written() -> None:
    for writer in Writer.__subclasses__():
        assert not writer.__abstractmethods__, writer  # type: ignore[attr-defined]
