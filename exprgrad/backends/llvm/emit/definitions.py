"""What the code of kernels calls: functions of libm and libmvec, and helpers defined in the module itself."""

from __future__ import annotations

from collections.abc import Sequence

from exprgrad.backends.llvm.ir import VECTOR, WIDTH, Lines


class Definitions:
    """Declarations and definitions at module level, one for each symbol. Several emitters may share them."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._numbered: dict[str, dict[str, str]] = {}

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._texts

    def add(self, symbol: str, text: str) -> None:
        """Add a definition or declaration, unless the symbol has one."""
        self._texts.setdefault(symbol, text)

    def numbered(self, name: str, content: str) -> str:
        """The symbol of one of several definitions of a name: the same for the same content, whatever the process."""
        known = self._numbered.setdefault(name, {})
        return known.setdefault(content, f"{name}.{len(known)}")

    def declare(self, symbol: str, result: str, operands: Sequence[str]) -> None:
        """Declare a function without side effects that lives elsewhere."""
        self.add(symbol, f"declare {result} @{symbol}({', '.join(operands)}) nounwind willreturn memory(none)")

    def each_row(self, symbol: str, arity: int) -> str:
        """The symbol of a helper that calls a scalar function for each row of vectors."""
        helper = f"each.{symbol}"
        if helper not in self:
            vectors = [f"%x{k}" for k in range(arity)]
            code, result = Lines(), "poison"
            for row in range(WIDTH):
                numbers = [code.value(f"extractelement {VECTOR} {x}, i32 {row}") for x in vectors]
                number = code.value(f"call double @{symbol}({', '.join(f'double {x}' for x in numbers)})")
                result = code.value(f"insertelement {VECTOR} {result}, double {number}, i32 {row}")
            code.do(f"ret {VECTOR} {result}")
            self.define(helper, VECTOR, [f"{VECTOR} {x}" for x in vectors], code.lines)
        return helper

    def define(self, symbol: str, result: str, operands: Sequence[str], lines: Sequence[str]) -> None:
        """Define a function of this module, which is kept out of line."""
        head = f"define internal {result} @{symbol}({', '.join(operands)}) nounwind willreturn memory(none) noinline {{"
        self.add(symbol, "\n".join([head, *lines, "}"]))

    def reserve(self, symbol: str) -> None:
        """Announce a definition that is being made, which may refer to itself."""
        self._texts[symbol] = ""

    def fill(self, symbol: str, result: str, operands: Sequence[str], lines: Sequence[str]) -> None:
        """Define a reserved symbol."""
        del self._texts[symbol]
        self.define(symbol, result, operands, lines)

    def withdraw(self, symbol: str) -> None:
        """Forget a reserved symbol."""
        del self._texts[symbol]

    def text(self) -> str:
        """All of them, as they stand in a module."""
        return "\n".join(self._texts.values()) + "\n"
