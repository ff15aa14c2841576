"""The builder of IR: what is written is compiled and run."""

from __future__ import annotations

from array import array
from ctypes import CFUNCTYPE, c_int64, c_void_p

import pytest

pytest.importorskip("llvmlite")

from exprgrad.backends.llvm.compiler import Compiled, compile_ir
from exprgrad.backends.llvm.ir import COPY, DOUBLE, INTEGER, VECTOR, WIDTH, Function, Lines


def compiled(code: Function) -> Compiled:
    return compile_ir(f"{COPY}\n{code.text()}\n", 0)


def run(code: Function, numbers: array[int] | array[float], count: int) -> None:
    machine = compiled(code)
    CFUNCTYPE(None, c_void_p, c_int64)(machine.address("work"))(numbers.buffer_info()[0], count)


def test_results_have_names_of_their_own() -> None:
    code = Lines("x")
    first, second = code.add(1, 2), code.add(1, 2)
    assert (first, second) == ("%x0", "%x1")
    assert code.lines == ["  %x0 = add i64 1, 2", "  %x1 = add i64 1, 2"]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_loop_carries_values_and_goes_around_once_at_least(count: int) -> None:
    """Fibonacci's numbers, by a loop in a loop that counts each number up."""
    code = Function("work", "ptr %numbers", "i64 %count")
    with code.loop() as loop:
        index, one, two = loop.carry(0), loop.carry(1), loop.carry(1)
        with code.loop() as counting:
            step = counting.carry(0)
            counting.advance(step, 1, one)
        code.store_at(step, "%numbers", index, INTEGER, INTEGER)
        loop.update(one, two)
        loop.update(two, code.add(one, two))
        loop.advance(index, 1, "%count")
    numbers = array("q", [-1] * 8)
    run(code, numbers, count)
    assert list(numbers[:count]) == [value - 1 for value in (1, 1, 2, 3, 5, 8, 13)[:count]]
    assert set(numbers[count:]) == {-1}


@pytest.mark.parametrize(("count", "expected"), [(0, [0, 9]), (3, [3, 3])])
def test_a_branch_is_taken_where_its_condition_holds(count: int, expected: list[int]) -> None:
    code = Function("work", "ptr %numbers", "i64 %count")
    with code.when(code.some("%count")):
        code.store_at("%count", "%numbers", 1, INTEGER, INTEGER)
    code.store_at(code.smaller("%count", 5), "%numbers", 0, INTEGER, INTEGER)
    numbers = array("q", [9, 9])
    run(code, numbers, count)
    assert list(numbers) == expected


def test_vectors_begin_at_any_number() -> None:
    code = Function("work", "ptr %numbers", "i64 %count")
    vector = code.splat(code.load_at("%numbers", 0))
    code.store_at(vector, "%numbers", 1, VECTOR)
    code.copy(code.element("%numbers", WIDTH + 1), code.element("%numbers", 0), 8 * WIDTH)
    code.store_at(code.first(code.load_at("%numbers", 1, VECTOR)), "%numbers", 2 * WIDTH + 1, DOUBLE)
    numbers = array("d", [2.5, *[0.0] * (2 * WIDTH + 2)])
    run(code, numbers, 0)
    assert list(numbers) == [2.5] * (2 * WIDTH + 2) + [0.0]
