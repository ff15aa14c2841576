"""Machine code is freed with the object that has it."""

import subprocess
import sys

CODE = """
import gc
from exprgrad.backends.llvm.compiler import compile_ir

class Cycle:
    pass

for level in (0, 1, 2) * 10:
    cycle = Cycle()
    cycle.code = compile_ir("define double @f(double %x) { ret double %x }", level)
    cycle.itself = cycle
    address = cycle.code.address("f")
    del cycle
    assert gc.collect() and address
"""


def test_code_in_a_cycle_is_freed_without_a_crash() -> None:
    """In a process of its own, as one that frees in the wrong order dies."""
    subprocess.run([sys.executable, "-c", CODE], check=True, timeout=100)
