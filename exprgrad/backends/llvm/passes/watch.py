"""Blocks in which a number left the range of floats, as the processor's flags tell: underflow, overflow, a division by
0, an operation without a result.

    watched(pointer, …, columns, outputs, lanes, from, to, groups)

calls a stage's function block by block. After the addresses of the outputs comes that of one whole number a block: it
is 1 from then on where a flag was raised. Flags cost the code nothing, so this is the cheapest first look; what raised
them may be harmless, so it is a first look only.
"""

from __future__ import annotations

import platform
from typing import NamedTuple

from exprgrad.backends.llvm.ir import INTEGER, Function

NAME = "watched"


class _Register(NamedTuple):
    """How to reach the flags of a kind of processor."""

    declared: str
    clear: str
    read: str
    """Leaves the raised flags in %raised."""


_X86 = _Register(
    "declare void @llvm.x86.sse.stmxcsr(ptr)\ndeclare void @llvm.x86.sse.ldmxcsr(ptr)",
    """call void @llvm.x86.sse.stmxcsr(ptr %room)
  %before = load i32, ptr %room
  %cleared = and i32 %before, -64
  store i32 %cleared, ptr %room
  call void @llvm.x86.sse.ldmxcsr(ptr %room)""",
    """call void @llvm.x86.sse.stmxcsr(ptr %room)
  %after = load i32, ptr %room
  %flags = and i32 %after, 29
  %raised = zext i32 %flags to i64""",
)
_OTHER = _Register("", "", "%raised = add i64 1, 0")
"""Where the flags are not known, every block is looked at again."""


def text(function: str, pointers: int, outputs: int) -> str:
    """The function over a stage's function that takes so many pointers, the last but one that to the outputs."""
    register = _X86 if platform.machine() in ("x86_64", "AMD64") else _OTHER
    names = [f"%p{k}" for k in range(pointers)]
    code = Function(NAME, *(f"ptr {name}" for name in names), "i64 %from", "i64 %to", "i64 %groups")
    table = code.pointer_at(names[-2], outputs)
    with code.count("%from", "%to") as block:
        given = (*(f"ptr {name}" for name in names), f"i64 {block}", f"i64 {code.add(block, 1)}", "i64 %groups")
        place = code.element(table, block, INTEGER)
        code.call("@watched.block", f"ptr {place}", *given)
    parameters = ", ".join((*(f"ptr {name}" for name in names), "i64 %from", "i64 %to", "i64 %groups"))
    return f"""{register.declared}
define internal void @watched.block(ptr %place, {parameters}) noinline {{
  %room = alloca i32
  {register.clear}
  call void @{function}({parameters})
  {register.read}
  %found = icmp ne i64 %raised, 0
  %flag = zext i1 %found to i64
  %old = load i64, ptr %place
  %new = or i64 %old, %flag
  store i64 %new, ptr %place
  ret void
}}
{code.text()}"""
