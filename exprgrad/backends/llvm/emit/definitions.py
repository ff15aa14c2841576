"""What the code of kernels calls: functions of libm and libmvec, and helpers defined in the module itself."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.backends.llvm.compiler import width

LANES = width()
"""Rows that one instruction stands for: what a register holds, so that values stay in registers."""

VECTOR = f"<{LANES} x double>"
MASK = f"<{LANES} x i1>"


class Definitions:
    """Declarations and definitions at module level, one for each symbol. Several emitters may share them."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._numbered: dict[str, dict[str, str]] = {}

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._texts

    def add(self, symbol: str, text: str) -> None:
        """A definition or declaration, unless the symbol has one."""
        self._texts.setdefault(symbol, text)

    def numbered(self, name: str, content: str) -> str:
        """The symbol of one of several definitions of a name: the same for the same content, whatever the process."""
        known = self._numbered.setdefault(name, {})
        return known.setdefault(content, f"{name}.{len(known)}")

    def declare(self, symbol: str, result: str, operands: Sequence[str]) -> None:
        """A function without side effects that lives elsewhere."""
        self.add(symbol, f"declare {result} @{symbol}({', '.join(operands)}) nounwind willreturn memory(none)")

    def each_lane(self, symbol: str, arity: int) -> str:
        """The symbol of a helper that calls a scalar function for each lane in turn."""
        helper = f"each.{symbol}"
        if helper not in self:
            names = [f"%x{k}" for k in range(arity)]
            lines = []
            for lane in range(LANES):
                scalars = [f"%s{k}.{lane}" for k in range(arity)]
                lines += [
                    f"  {s} = extractelement {VECTOR} {name}, i32 {lane}"
                    for s, name in zip(scalars, names, strict=True)
                ]
                operands = ", ".join(f"double {s}" for s in scalars)
                before = f"%v{lane - 1}" if lane else "poison"
                lines += [
                    f"  %r{lane} = call double @{symbol}({operands})",
                    f"  %v{lane} = insertelement {VECTOR} {before}, double %r{lane}, i32 {lane}",
                ]
            self.define(
                helper, VECTOR, [f"{VECTOR} {name}" for name in names], [*lines, f"  ret {VECTOR} %v{LANES - 1}"]
            )
        return helper

    def define(self, symbol: str, result: str, operands: Sequence[str], lines: Sequence[str]) -> None:
        """A function of this module, kept out of line."""
        head = f"define internal {result} @{symbol}({', '.join(operands)}) nounwind willreturn memory(none) noinline {{"
        self.add(symbol, "\n".join([head, *lines, "}"]))

    def reserve(self, symbol: str) -> None:
        """Announce a definition that is being made, which may refer to itself."""
        self._texts[symbol] = ""

    def fill(self, symbol: str, result: str, operands: Sequence[str], lines: Sequence[str]) -> None:
        """The definition of a reserved symbol."""
        del self._texts[symbol]
        self.define(symbol, result, operands, lines)

    def withdraw(self, symbol: str) -> None:
        """Forget a reserved symbol."""
        del self._texts[symbol]

    def text(self) -> str:
        """All of them, as they stand in a module."""
        return "\n".join(self._texts.values()) + "\n"
