"""What a member of a `team` does of a stage at a time: one slice of its blocks.

    slice(context, member, index)

calls a function of the module, `function(pointer, …, from, to, groups)`, for the blocks `from` to `to` of a slice.
`context` holds, 8 bytes each: the pointers, the number of blocks, and the number of groups in each.
"""

from __future__ import annotations

from exprgrad.backends.llvm.ir import INTEGER, Function

NAME = "slice"
SLICE = 8
"""Blocks of a slice."""


def text(function: str, pointers: int, *, apart: bool = False) -> str:
    """The function. With `apart` the first pointer is one to a table that has a pointer for each member."""
    code = Function(NAME, "ptr %context", "i64 %member", "i64 %index")
    given = [code.pointer_at("%context", k) for k in range(pointers)]
    blocks, groups = (code.load_at("%context", pointers + k, INTEGER, INTEGER) for k in range(2))
    if apart:
        given[0] = code.pointer_at(given[0], "%member")
    first = code.mul("%index", SLICE)
    last = code.smaller(blocks, code.add(first, SLICE))
    code.call(f"@{function}", *(f"ptr {name}" for name in given), *(f"i64 {name}" for name in (first, last, groups)))
    return code.text()


def slices(blocks: int) -> int:
    """How many slices there are of so many blocks."""
    return -(-blocks // SLICE)
