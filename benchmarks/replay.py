"""Higher derivatives at many points: what `careful.orders` computes at one is recorded, and repeated at others.

A repetition takes the same steps in the same order, so that it has the same bits. Where the interpreter would decide
something else, as which branch is taken, the steps are recorded anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from exprgrad.autodiff.series import series
from exprgrad.functions.numerics.far import Wide, rounded, wide
from exprgrad.functions.wide import WIDE
from exprgrad.graph.forward import forward
from exprgrad.graph.graph import Graph

Tape = Callable[..., list[float] | None]
"""The steps: it takes the operands, and gives None where a decision is another one."""
_TAPES = 40
"""How many are kept."""


class Orders:
    """The derivatives of a graph with respect to one variable, from the first to some order."""

    def __init__(self, graph: Graph, output: int, variable: int, order: int) -> None:
        self._graph, self._output, self._variable, self._order = graph, output, variable, order
        self._tapes: list[Tape] = []

    def at(self, point: Mapping[str, float]) -> list[float]:
        """At one point."""
        operands = list(point.values())
        for number, tape in enumerate(self._tapes):
            found = tape(*operands)
            if found is not None:
                if number:
                    self._tapes.insert(0, self._tapes.pop(number))
                return found
        recorder = _Recorder(operands)
        inputs = dict(zip(point, recorder.operands, strict=True))
        values = forward(self._graph, recorder, inputs)
        direction = {self._variable: recorder.constant(1.0)}
        (terms,) = series(self._graph, values, recorder, direction, self._order, [self._output])
        self._tapes = [recorder.tape(terms[1:]), *self._tapes[: _TAPES - 1]]
        return [0.0 if term is None else rounded(term.value) for term in terms[1:]]


class _Slot:
    """A number of a computation that is recorded, and its name there; a constant has none."""

    __slots__ = ("name", "value")

    def __init__(self, value: Wide, name: str) -> None:
        self.value, self.name = value, name

    def __repr__(self) -> str:
        return self.name or repr(self.value)


class _Asked(float):
    """A number whose answers are recorded."""

    def __new__(cls, slot: _Slot, steps: list[str]) -> _Asked:
        asked = super().__new__(cls, float(slot.value))
        asked.name, asked.steps = slot.name, steps
        return asked

    name: str
    steps: list[str]

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, float | int)
        found = float(self) == other
        self.steps.append(f"if (float({self.name}) == {float(other)!r}) is not {found}: return None")
        return found

    def __bool__(self) -> bool:
        found = float(self) != 0.0
        self.steps.append(f"if (float({self.name}) != 0.0) is not {found}: return None")
        return found

    __hash__ = float.__hash__


class _Recorder:
    """Wide numbers that write down the steps."""

    def __init__(self, operands: Sequence[float]) -> None:
        self._names = [f"x{i}" for i in range(len(operands))]
        self._steps: list[str] = []
        self._scope: dict[str, object] = {"wide": wide, "rounded": rounded}
        self._known: dict[tuple[str, ...], _Slot] = {}
        self.operands = [self._step(wide, [_Slot(x, name)]) for x, name in zip(operands, self._names, strict=True)]

    def constant(self, value: float) -> _Slot:
        return _Slot(WIDE.constant(value), "")

    def known(self, value: _Slot) -> float:
        return _Asked(value, self._steps) if value.name else WIDE.known(value.value)

    def operation(self, name: str) -> Callable[..., _Slot]:
        compute = WIDE.operation(name)
        return lambda *operands: self._step(compute, operands)

    def _step(self, compute: Callable[..., Wide], operands: Sequence[_Slot]) -> _Slot:
        if not any(operand.name for operand in operands):
            return _Slot(compute(*[operand.value for operand in operands]), "")
        key = (self._called(compute), *[operand.name or self._called(operand.value) for operand in operands])
        if key not in self._known:
            name = f"v{len(self._known)}"
            self._steps.append(f"{name} = {key[0]}({', '.join(key[1:])})")
            self._known[key] = _Slot(compute(*[operand.value for operand in operands]), name)
        return self._known[key]

    def _called(self, thing: object) -> str:
        """The name of a function or a constant in the steps."""
        name = f"c{id(thing)}" if callable(thing) else f"c{len(self._scope)}"
        if not callable(thing):
            for known, other in self._scope.items():
                if isinstance(other, float) and repr(other) == repr(thing):
                    return known
        self._scope[name] = thing
        return name

    def tape(self, terms: Sequence[_Slot | None]) -> Tape:
        """The steps that give some of the numbers, rounded to floats."""
        ends = ["0.0" if term is None else f"rounded({term.name or self._called(term.value)})" for term in terms]
        lines = [*self._steps, f"return [{', '.join(ends)}]"]
        source = f"def tape({', '.join(self._names)}):\n" + "".join(f"    {line}\n" for line in lines)
        exec(source, self._scope)
        found: Tape = self._scope["tape"]  # type: ignore[assignment]
        return found
