"""Rounds over sections of rows: in each, the sums of a section are folded, and from them follows what it does next.

    rounds(scalars, given, columns, outputs, results, from, to, count)

It calls a function of `sums` at an address that it is given, so it is compiled once for any formula.

A section has a *state*: numbers that go from round to round. Its first ones are the parameters and the triangle that
`sums` folds the section with. What a round makes of the state and the sums is a graph, a `Round`. It is computed for
LANES sections at once, one a lane, while their rows stay in the cache of the processor. A section ends when its round
says so, whatever the others do, so no bit of it depends on them.

`given` is a table of addresses: `starts` and `chosen` as in `sums`; `first` [numbers given, count], the first values of
those states that have none of their own; and the function of `sums`. `results` [kept, count] are the last values of the
states that are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from exprgrad.backends.llvm.emit.writers import new_emitter
from exprgrad.backends.llvm.ir import INTEGER, MASK, VECTOR, WIDTH, Function
from exprgrad.backends.llvm.passes import slices
from exprgrad.backends.llvm.sections.sums import POINTERS
from exprgrad.backends.llvm.source.scalars import literal
from exprgrad.columns.folds import LANES
from exprgrad.graph.graph import Graph
from exprgrad.graph.reach import cone

NAME = "rounds"
_INTEGERS = f"<{WIDTH} x i64>"


class State(NamedTuple):
    """A number that goes from round to round."""

    now: int
    """The input of the graph that stands for it."""
    following: int
    """The node of what it is in the round that follows."""
    first: float | None
    """None where it is given for each section."""
    kept: bool = False
    """Whether it is given out at the end."""


class Seldom(NamedTuple):
    """Nodes that few sections need: they are computed only where one of a vector of sections does."""

    needed: int
    """Not 0 where they are."""
    results: tuple[tuple[int, int, int], ...]
    """Of each: the input that stands for it in the rest of the graph, the node where it is needed, and elsewhere."""


class Round(NamedTuple):
    """What a round makes of a section. All numbers are nodes of the graph."""

    graph: Graph
    sums: tuple[int, ...]
    """The inputs for the sums, in the order of `sums.pairs`, and last one that is 1 where a number left the range of
    floats, as far as the processor tells."""
    states: tuple[State, ...]
    """The parameters, the triangle in the order of `sums.pairs`, and any others."""
    parameters: int
    """How many there are."""
    goes_on: int
    """Not 0 where another round follows."""
    seldom: Seldom


def text(work: Round) -> str:
    """The module: the function and its `slices`, of LANES sections each."""
    made = _Rounds(work)
    return "\n".join([made.emitter.definitions.text(), made.code.text(), slices.text(NAME, POINTERS)])


class _Rounds:
    """The function while it is written."""

    def __init__(self, work: Round) -> None:
        self.work, self.emitter = work, new_emitter()
        tables = (f"ptr %{name}" for name in ("scalars", "given", "columns", "outputs", "results"))
        self.code = code = Function(NAME, *tables, "i64 %from", "i64 %to", "i64 %count")
        self.count = code.sub("%to", "%from")
        self.states, self.sums, self.seldom = (
            code.value(f"alloca [{LANES * len(rows)} x double], align 64")
            for rows in (work.states, work.sums, work.seldom.results)
        )
        self.going, self.flags = (code.value(f"alloca [{LANES} x i64], align 64") for _ in range(2))
        self.function = code.pointer_at("%given", 3)
        self.given = self._given()
        self._begin()
        with code.loop() as rounds:
            self._fold()
            with code.count(0, LANES, WIDTH) as lane:
                self._follow(lane)
            left = code.load_at(self.going, 0, INTEGER, INTEGER)
            for k in range(1, LANES):
                left = code.integer("or", left, code.load_at(self.going, k, INTEGER, INTEGER))
            rounds.repeat(code.some(left))
        with code.count(0, self.count) as lane:
            place = code.add("%from", lane)
            for row, k in enumerate(k for k, state in enumerate(work.states) if state.kept):
                last = code.load_at(self.states, code.add(lane, k * LANES))
                code.store_at(last, "%results", code.add(code.mul("%count", row), place))

    def _begin(self) -> None:
        """Write what makes the first states. Lanes that are left over have those of the last section and do not go."""
        code = self.code
        first = code.pointer_at("%given", 2)
        with code.count(0, LANES) as lane:
            going = code.less(lane, self.count)
            code.store_at(code.value(f"zext i1 {going} to i64"), self.going, lane, INTEGER, INTEGER)
            place = code.add("%from", code.smaller(lane, code.sub(self.count, 1)))
            given = 0
            for k, state in enumerate(self.work.states):
                if state.first is None:
                    number = code.load_at(first, code.add(code.mul("%count", given), place))
                    given += 1
                else:
                    number = literal(state.first)
                code.store_at(number, self.states, code.add(lane, k * LANES))

    def _given(self) -> list[str]:
        """Write what makes the arguments of the function of sums: its sections are those of the lanes."""
        code = self.code
        starts, chosen = (code.pointer_at("%given", k) for k in range(2))
        shapes = code.element(self.states, self.work.parameters * LANES)
        table, outputs = (code.value(f"alloca [{size} x ptr], align 8") for size in (4, 1))
        for k, pointer in enumerate((starts, code.element(chosen, "%from", INTEGER), self.states, shapes)):
            code.store_at(pointer, table, k, "ptr", "ptr")
        code.store(self.flags, outputs, "ptr")
        return [f"ptr {pointer}" for pointer in ("%scalars", table, "%columns", outputs, self.sums)]

    def _fold(self) -> None:
        """Write the calls that fold the sections that go on, one after the other."""
        code, function = self.code, self.function
        with code.count(0, self.count) as lane, code.when(code.some(code.load_at(self.going, lane, INTEGER, INTEGER))):
            code.store_at(0, self.flags, lane, INTEGER, INTEGER)
            code.call(function, *self.given, f"i64 {lane}", f"i64 {code.add(lane, 1)}", f"i64 {LANES}")
            flag = code.value(f"uitofp i64 {code.load_at(self.flags, lane, INTEGER, INTEGER)} to double")
            code.store_at(flag, self.sums, code.add(lane, (len(self.work.sums) - 1) * LANES))

    def _follow(self, lane: str) -> None:
        """Write the round of the sections of one vector."""
        code, work, emitter = self.code, self.work, self.emitter
        going = code.load_at(self.going, lane, _INTEGERS, INTEGER)
        mask = code.value(f"trunc {_INTEGERS} {going} to {MASK}")
        places = [code.element(self.states, code.add(lane, k * LANES)) for k in range(len(work.states))]
        before = [code.load(place, VECTOR) for place in places]
        values = {state.now: value for state, value in zip(work.states, before, strict=True)}
        for k, node in enumerate(work.sums):
            values[node] = code.load_at(self.sums, code.add(lane, k * LANES), VECTOR)
        self._write_seldom(values, mask, lane)
        self._write(values, [work.goes_on, *(state.following for state in work.states)])
        for state, value, place in zip(work.states, before, places, strict=True):
            if state.following != state.now:
                following = values[state.following]
                code.store(code.value(f"select {MASK} {mask}, {VECTOR} {following}, {VECTOR} {value}"), place, VECTOR)
        still = code.value(f"and {MASK} {mask}, {emitter.truth(values[work.goes_on])}")
        wide = code.value(f"zext {MASK} {still} to {_INTEGERS}")
        code.store_at(wide, self.going, lane, _INTEGERS, INTEGER)

    def _write(self, values: dict[int, str], nodes: Iterable[int]) -> None:
        """Write what computes these nodes, where they are not known."""
        graph, emitter = self.work.graph, self.emitter
        emitter.restart(self.code)
        for node in sorted(cone(graph, nodes)):
            number = graph.number(node)
            if number is not None:
                values[node] = emitter.constant(number)
            elif node not in values:
                write = emitter.operation(graph.operations[node])
                values[node] = write(*[values[each] for each in graph.operands[node]])

    def _write_seldom(self, values: dict[int, str], mask: str, lane: str) -> None:
        """Write what is seldom needed, and the branch around it. The mask says which sections go on."""
        code, seldom = self.code, self.work.seldom
        self._write(values, [seldom.needed, *(other for _, _, other in seldom.results)])
        needed = code.value(f"and {MASK} {mask}, {self.emitter.truth(values[seldom.needed])}")
        places = [code.element(self.seldom, code.add(lane, k * LANES)) for k in range(len(seldom.results))]
        for (_, _, other), place in zip(seldom.results, places, strict=True):
            code.store(values[other], place, VECTOR)
        some = code.value(f"bitcast {MASK} {needed} to i{WIDTH}")
        with code.when(code.value(f"icmp ne i{WIDTH} {some}, 0")):
            inside = dict(values)
            self._write(inside, [node for _, node, _ in seldom.results])
            for (_, node, other), place in zip(seldom.results, places, strict=True):
                chosen = f"{VECTOR} {inside[node]}, {VECTOR} {values[other]}"
                code.store(code.value(f"select {MASK} {needed}, {chosen}"), place, VECTOR)
        for (stands, _, _), place in zip(seldom.results, places, strict=True):
            values[stands] = code.load(place, VECTOR)
