"""What is done with the lanes that a kernel leaves: they are folded, then the blocks, in the order of `columns.folds`.

    finish(lanes, blocks, results)      the LANES lanes of each block and fold to one number
    tree(level, blocks)                 the blocks in neighbouring pairs, in place, until one is left

`lanes` is float64 [blocks, folds, LANES]; `results` and `level` are float64 [blocks, folds].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exprgrad.columns.folds import LANES

FINISH, TREE = "finish", "tree"


def _arithmetic(opcode: str) -> Callable[[str, str, str], list[str]]:
    return lambda name, x, y: [f"  {name} = {opcode} double {x}, {y}"]


def _extreme(predicate: str) -> Callable[[str, str, str], list[str]]:
    """x where it wins or is nan, else y, as in `functions.numerics.ieee`."""
    return lambda name, x, y: [
        f"  {name}.wins = fcmp {predicate} double {x}, {y}",
        f"  {name}.nan = fcmp uno double {x}, {x}",
        f"  {name}.first = or i1 {name}.wins, {name}.nan",
        f"  {name} = select i1 {name}.first, double {x}, double {y}",
    ]


_COMBINE = {"add": _arithmetic("fadd"), "mul": _arithmetic("fmul"), "max": _extreme("ogt"), "min": _extreme("olt")}


def text(functions: Sequence[str]) -> str:
    """Both functions, for folds by these functions of two."""
    count = len(functions)
    return "\n".join(
        [
            f"define void @{FINISH}(ptr noalias readonly %lanes, i64 %blocks, ptr noalias %results) {{",
            "entry:",
            "  br label %block",
            "block:",
            "  %b = phi i64 [0, %entry], [%b.next, %block]",
            f"  %to = mul i64 %b, {count}",
            f"  %from = mul i64 %b, {count * LANES}",
            *(line for k, function in enumerate(functions) for line in _lanes(k, function)),
            "  %b.next = add i64 %b, 1",
            "  %more = icmp ult i64 %b.next, %blocks",
            "  br i1 %more, label %block, label %done",
            "done:",
            "  ret void",
            "}",
            f"define void @{TREE}(ptr %level, i64 %blocks) {{",
            "entry:",
            "  br label %halve",
            "halve:",
            "  %size = phi i64 [%blocks, %entry], [%size.next, %halved]",
            "  %pairs = lshr i64 %size, 1",
            "  %some = icmp ne i64 %pairs, 0",
            "  br i1 %some, label %pair, label %done",
            "pair:",
            "  %i = phi i64 [0, %halve], [%i.next, %pair]",
            f"  %to = mul i64 %i, {count}",
            f"  %from = mul i64 %i, {2 * count}",
            *(
                line
                for k, function in enumerate(functions)
                for line in [
                    *_load(f"%x{k}", "%level", f"%from, {k}"),
                    *_load(f"%y{k}", "%level", f"%from, {k + count}"),
                    *_COMBINE[function](f"%v{k}", f"%x{k}", f"%y{k}"),
                    *_store(f"%v{k}", "%level", f"%to, {k}", f"%put{k}"),
                ]
            ),
            "  %i.next = add i64 %i, 1",
            "  %again = icmp ult i64 %i.next, %pairs",
            "  br i1 %again, label %pair, label %odd",
            "odd:",
            "  %one = and i64 %size, 1",
            "  %size.next = add i64 %pairs, %one",
            "  %left = icmp ne i64 %one, 0",
            "  br i1 %left, label %move, label %halved",
            "move:",
            "  %last = sub i64 %size, 1",
            f"  %last.at = mul i64 %last, {count}",
            f"  %new.at = mul i64 %pairs, {count}",
            *(
                line
                for k in range(count)
                for line in [
                    *_load(f"%z{k}", "%level", f"%last.at, {k}"),
                    *_store(f"%z{k}", "%level", f"%new.at, {k}", f"%moved{k}"),
                ]
            ),
            "  br label %halved",
            "halved:",
            "  br label %halve",
            "done:",
            "  ret void",
            "}",
        ]
    )


def _lanes(fold: int, function: str) -> list[str]:
    """One fold's lanes of a block: 0 with 4, 1 with 5, …, then 0 with 2, 1 with 3, then 0 with 1."""
    names = [f"%f{fold}.{lane}" for lane in range(LANES)]
    lines = [line for lane, name in enumerate(names) for line in _load(name, "%lanes", f"%from, {fold * LANES + lane}")]
    while len(names) > 1:
        half = len(names) // 2
        for k in range(half):
            name = f"{names[k]}.{half}"
            lines += _COMBINE[function](name, names[k], names[k + half])
            names[k] = name
        names = names[:half]
    return [*lines, *_store(names[0], "%results", f"%to, {fold}", f"%put{fold}")]


def _load(name: str, pointer: str, index: str) -> list[str]:
    return [
        f"  {name}.index = add i64 {index}",
        f"  {name}.at = getelementptr double, ptr {pointer}, i64 {name}.index",
        f"  {name} = load double, ptr {name}.at",
    ]


def _store(value: str, pointer: str, index: str, name: str) -> list[str]:
    return [
        f"  {name}.index = add i64 {index}",
        f"  {name}.at = getelementptr double, ptr {pointer}, i64 {name}.index",
        f"  store double {value}, ptr {name}.at",
    ]
