"""What a member of a `team` does of a pass: one chunk of its blocks.

    share(context, member, chunk)

calls a function of the module, `function(pointer, …, from, to, groups)`, for the blocks `from` to `to` of the chunk.
`context` holds, 8 bytes each: the pointers, the number of blocks, and the number of groups in each.
"""

from __future__ import annotations

NAME = "share"
CHUNK = 8
"""Blocks of a chunk."""


def text(function: str, pointers: int, *, apart: bool = False) -> str:
    """The function. With `apart` the first pointer is one to a table with a pointer for each member."""
    names = [f"%pointer{k}" for k in range(pointers)]
    words = [("ptr", name) for name in names] + [("i64", "%blocks"), ("i64", "%groups")]
    own = [
        "  %own.at = getelementptr ptr, ptr %pointer0, i64 %member",
        "  %own = load ptr, ptr %own.at",
    ]
    operands = ["%own", *names[1:]] if apart else names
    return "\n".join(
        [
            f"define void @{NAME}(ptr %context, i64 %member, i64 %chunk) {{",
            *(
                line
                for k, (kind, name) in enumerate(words)
                for line in (
                    f"  {name}.at = getelementptr i64, ptr %context, i64 {k}",
                    f"  {name} = load {kind}, ptr {name}.at",
                )
            ),
            *(own if apart else []),
            f"  %from = mul i64 %chunk, {CHUNK}",
            f"  %far = add i64 %from, {CHUNK}",
            "  %last = icmp ult i64 %blocks, %far",
            "  %to = select i1 %last, i64 %blocks, i64 %far",
            f"  call void @{function}({''.join(f'ptr {name}, ' for name in operands)}i64 %from, i64 %to, i64 %groups)",
            "  ret void",
            "}",
        ]
    )
