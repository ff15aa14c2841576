"""What is done with the lanes that a kernel leaves: they are folded, then the blocks, in the order of `columns.folds`.

    finish(lanes, blocks, results)      the LANES lanes of each block and fold to one number
    tree(level, blocks)                 the blocks in neighbouring pairs, in place, until one is left

`lanes` is float64 [blocks, folds, LANES]; `results` and `level` are float64 [blocks, folds].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exprgrad.backends.llvm.ir import Function
from exprgrad.columns.folds import LANES

FINISH, TREE = "finish", "tree"

Combine = Callable[[Function, str, str], str]


def _arithmetic(opcode: str) -> Combine:
    return lambda code, x, y: code.value(f"{opcode} double {x}, {y}")


def _extreme(predicate: str) -> Combine:
    """x where it wins or is nan, else y, as in `functions.numerics.ieee`."""

    def write(code: Function, x: str, y: str) -> str:
        wins = code.value(f"fcmp {predicate} double {x}, {y}")
        lost = code.value(f"fcmp uno double {x}, {x}")
        return code.select(code.value(f"or i1 {wins}, {lost}"), x, y, "double")

    return write


_COMBINE = {"add": _arithmetic("fadd"), "mul": _arithmetic("fmul"), "max": _extreme("ogt"), "min": _extreme("olt")}


def text(functions: Sequence[str]) -> str:
    """Both functions, for folds by these functions of two."""
    return "\n".join([_finish(functions), _tree(functions)])


def _finish(functions: Sequence[str]) -> str:
    code = Function(FINISH, "ptr noalias readonly %lanes", "i64 %blocks", "ptr noalias %results")
    with code.count(0, "%blocks") as block:
        lanes = code.element("%lanes", code.mul(block, len(functions) * LANES))
        results = code.element("%results", code.mul(block, len(functions)))
        for fold, function in enumerate(functions):
            numbers = [code.load_at(lanes, fold * LANES + lane) for lane in range(LANES)]
            while len(numbers) > 1:  # 0 with 4, 1 with 5, …, then 0 with 2, 1 with 3, then 0 with 1
                half = len(numbers) // 2
                numbers = [_COMBINE[function](code, numbers[k], numbers[k + half]) for k in range(half)]
            code.store_at(numbers[0], results, fold)
    return code.text()


def _tree(functions: Sequence[str]) -> str:
    code, count = Function(TREE, "ptr %level", "i64 %blocks"), len(functions)
    with code.when(code.less(1, "%blocks")), code.loop() as halving:
        size = halving.carry("%blocks")
        pairs, odd = code.integer("lshr", size, 1), code.integer("and", size, 1)
        with code.count(0, pairs) as pair:
            both = code.element("%level", code.mul(pair, 2 * count))
            one = code.element("%level", code.mul(pair, count))
            for fold, function in enumerate(functions):
                x, y = code.load_at(both, fold), code.load_at(both, fold + count)
                code.store_at(_COMBINE[function](code, x, y), one, fold)
        with code.when(code.some(odd)):  # the last block has no neighbour and goes up as it is
            last = code.element("%level", code.mul(code.sub(size, 1), count))
            end = code.element("%level", code.mul(pairs, count))
            for fold in range(count):
                code.store_at(code.load_at(last, fold), end, fold)
        left = code.add(pairs, odd)
        halving.update(size, left)
        halving.repeat(code.less(1, left))
    return code.text()
