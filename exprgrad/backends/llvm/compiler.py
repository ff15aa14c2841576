"""LLVM text to machine code. The only module that imports llvmlite."""

from __future__ import annotations

import sys
import weakref
from functools import cache
from typing import Any, NamedTuple

from exprgrad.forks import LOCKS

try:
    import llvmlite.binding as llvm  # type: ignore[import-untyped]
except ImportError as error:
    from exprgrad.errors import MissingError

    raise MissingError("the compiled backend", "llvmlite", "data") from error

_VECTOR_LIBRARIES = ("libmvec.so.1",)


LOCKS.append(llvm.ffi.lib._lock)  # a child of a fork would wait for it for ever


class Host(NamedTuple):
    """The processor that code is made for."""

    name: str
    features: frozenset[str]
    listed: str
    """All features as LLVM takes them, the absent ones too: a virtual machine may hide some of its processor's."""


class Compiled:
    """Machine code, alive as long as this object is.

    The engine must go before its context. The collector of cycles would free them in any order, so a finalizer holds
    both, and frees them in this one.
    """

    def __init__(self, engine: Any, context: Any) -> None:
        self._engine = engine
        weakref.finalize(self, _free, engine, context).atexit = False

    def address(self, function: str) -> int:
        """The address of a function, to be called through ctypes."""
        address: int = self._engine.get_function_address(function)
        return address


def _free(engine: Any, context: Any) -> None:
    engine.close()
    context.close()


@cache
def host() -> Host:
    """The name and the features of the processor. Features have LLVM's names: `avx2`, `avx512f`, `fma`."""
    _initialize()
    features = llvm.get_host_cpu_features()
    present = frozenset(name for name, there in features.items() if there)
    return Host(llvm.get_host_cpu_name(), present, features.flatten())


def width() -> int:
    """How many float64 a vector register holds."""
    features = host().features
    return 8 if "avx512f" in features else 4 if "avx2" in features else 2


@cache
def has_symbol(name: str) -> bool:
    """Whether compiled code can call a C function of this name."""
    _initialize()
    return bool(llvm.address_of_symbol(name))


def compile_ir(text: str, level: int) -> Compiled:
    """Compile a module's text for this processor. Level 0 takes the least time, level 2 makes the fastest code."""
    context = llvm.create_context()
    module = llvm.parse_assembly(text, context)
    machine = _machine(level)
    if level:
        _clean(module, machine)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return Compiled(engine, context)


def _clean(module: Any, machine: Any) -> None:
    """Optimize what emitted code needs, which has no common subexpressions: remove dead code, do algebra on bits."""
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=1))
    passes = llvm.create_new_function_pass_manager()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    for function in module.functions:
        if not function.is_declaration:
            passes.run(function, builder)


def _machine(level: int) -> Any:
    cpu = host()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=cpu.name, features=cpu.listed, opt=level, jit=True)


@cache
def _initialize() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    if sys.platform == "linux":
        for library in _VECTOR_LIBRARIES:
            try:
                llvm.load_library_permanently(library)
            except RuntimeError:  # another C library: scalar functions serve
                continue
