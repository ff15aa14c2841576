"""Sums of squares and products over sections of rows, each of which has parameters of its own.

    sections(scalars, given, columns, outputs, results, from, to, count)

A section is a run of rows that lie together. In each row some nodes z_1 … z_m are computed, and for each section the
sums of z_i*z_j over its rows, i <= j, are put into `results` [m*(m + 1)/2, count]. What changes from section to
section: the parameters, and a triangle W by which all nodes but the last are multiplied before, (z_1 … z_(m-1))*W, so
that they may be brought near to orthonormal ones, whose sums of squares lose no digits.

`given` is a table of addresses: `starts`, where the rows of a section begin and those of the one before end; `chosen`
[count], the sections to fold; `parameters` [p, count]; `shapes` [(m - 1)*m/2, count], the columns of W down to its
diagonal. Nodes that only parameters go into are computed once for each section. The order of a sum is that of
`columns.folds` within one block: LANES partial sums, which are then folded in pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exprgrad.backends.llvm.emit.writers import new_emitter
from exprgrad.backends.llvm.ir import INTEGER, MASK, VECTOR, WIDTH, Function, Lines
from exprgrad.backends.llvm.passes import slices, watch
from exprgrad.columns.folds import LANES
from exprgrad.columns.plan import Stage
from exprgrad.graph.graph import Graph

NAME = "sections"
POINTERS = 5
"""That the function takes."""
_STRIP = 16
"""Vectors of rows whose nodes are computed before they are added up: a call of a library's function would push all sums
out of their registers."""
_INTEGERS = f"<{WIDTH} x i64>"


def pairs(count: int) -> Iterator[tuple[int, int]]:
    """The pairs i <= j of `count` nodes in the order of their sums: (0, 0), (0, 1), (1, 1), (0, 2), …"""
    return ((i, j) for j in range(count) for i in range(j + 1))


class Sections:
    """The text of the function for a stage."""

    def __init__(
        self, graph: Graph, stage: Stage, nodes: Sequence[int], parameters: Sequence[str], *, watched: bool
    ) -> None:
        """`nodes` may be columns of the stage or numbers. `parameters` are the variables that change from section to
        section. `watched` says that there is a `watch` over it, for which a section is a block."""
        self.graph, self.stage, self.nodes, self.parameters = graph, stage, nodes, parameters
        self.inputs = [name for name in stage.inputs if name not in parameters]
        """The columns that are read."""
        self.numbers = [*stage.scalars, *dict.fromkeys(node for node in nodes if node not in stage.columns)]
        """The numbers that `scalars` holds."""
        self._emitter = new_emitter()
        self._emitter.definitions.add(_LOAD, f"declare {VECTOR} @{_LOAD}(ptr, i32, {MASK}, {VECTOR})")
        self.function = watch.NAME if watched else NAME
        """The function of the module that is to be called."""
        code = self._text()
        around = [*([watch.text(NAME, POINTERS, 0)] if watched else []), slices.text(self.function, POINTERS)]
        self.text = "\n".join([self._emitter.definitions.text(), code, *around])

    def _text(self) -> str:
        tables = (f"ptr noalias readonly %{name}" for name in ("scalars", "given", "columns", "outputs"))
        code = Function(NAME, *tables, "ptr noalias %results", "i64 %from", "i64 %to", "i64 %count")
        sums = [*pairs(len(self.nodes))]
        resting = code.value(f"alloca [{len(sums) * LANES} x double], align 64")
        strip = code.value(f"alloca [{_STRIP * len(self.nodes) * WIDTH} x double], align 64")
        starts, chosen, parameters, shapes = (code.pointer_at("%given", k) for k in range(4))
        columns = [code.pointer_at("%columns", k) for k in range(len(self.inputs))]
        values = self._scalars(code)
        with code.count("%from", "%to") as index:
            section = code.load_at(chosen, index, INTEGER, INTEGER)
            first, last = (code.load_at(starts, code.add(section, k), INTEGER, INTEGER) for k in range(2))

            def each(table: str, row: int, index: str = index) -> str:
                return code.splat(code.load_at(table, code.add(code.mul(row, "%count"), index)))

            inputs = self.graph.inputs()
            here = dict(values)
            for k, name in enumerate(self.parameters):
                if name in inputs:
                    here[inputs[name]] = each(parameters, k)
            shape = {pair: each(shapes, k) for k, pair in enumerate(pairs(len(self.nodes) - 1))}
            self._compute(code, here, self._hoisted())
            beside = [code.splat(code.load_at(column, first)) for column in columns]
            with code.count(0, LANES, WIDTH) as lane:
                start = code.add(first, lane)
                with code.loop() as strips:
                    row = strips.carry(start)
                    before = [strips.carry("zeroinitializer", VECTOR) for _ in sums]
                    end = code.add(row, _STRIP * LANES)
                    given = [*zip(columns, beside, strict=True)]
                    size = self._computed(code, (row, code.smaller(end, last), last), given, here, strip)
                    after = self._added(code, strip, size, shape, before)
                    for value, following in zip(before, after, strict=True):
                        strips.update(value, following)
                    strips.advance(row, _STRIP * LANES, last)
                for k, value in enumerate(after):
                    code.store_at(value, resting, code.add(lane, k * LANES), VECTOR)
            for k in range(len(sums)):
                place = code.element("%results", code.add(code.mul(k, "%count"), index))
                code.store(_folded(code, resting, k * LANES), place)
        return code.text()

    def _scalars(self, code: Function) -> dict[int, str]:
        """The numbers that all rows have in common, by node."""
        found = {}
        for k, node in enumerate(self.numbers):
            number = self.graph.number(node)
            found[node] = code.splat(code.load_at("%scalars", k)) if number is None else self._emitter.constant(number)
        return found

    def _hoisted(self) -> list[int]:
        """The nodes that no column of the data goes into."""
        graph, inputs = self.graph, self.graph.inputs()
        rows = {inputs[name] for name in self.inputs}
        for node in self.stage.columns:
            if not rows.isdisjoint(graph.operands[node]):
                rows.add(node)
        return [node for node in self.stage.columns if node not in rows]

    def _compute(self, code: Lines, values: dict[int, str], nodes: Sequence[int]) -> None:
        """Write what computes these nodes, in order, where they are not known."""
        self._emitter.restart(code)
        for node in nodes:
            if node not in values:
                operation = self._emitter.operation(self.graph.operations[node])
                values[node] = operation(*[values[operand] for operand in self.graph.operands[node]])

    def _computed(
        self,
        code: Function,
        rows: tuple[str, str, str],
        columns: Sequence[tuple[str, str]],
        known: dict[int, str],
        strip: str,
    ) -> str:
        """Write the loop that puts the nodes of some rows into the strip: from the first row, up to the second, as far
        as they are of the section, which ends at the third. What is not of it is 0. Columns go with what stands in for
        rows of others. Returns how many numbers the strip holds."""
        first, stop, last = rows
        inputs, zero = self.graph.inputs(), self._emitter.constant(0.0)
        steps = ", ".join(f"i64 {k}" for k in range(WIDTH))
        with code.loop() as loop:
            row, place = loop.carry(first), loop.carry(0)
            places = code.value(f"add {_INTEGERS} {_everywhere(code, row)}, <{steps}>")
            mask = code.value(f"icmp ult {_INTEGERS} {places}, {_everywhere(code, last)}")
            values = dict(known)
            for name, (column, beside) in zip(self.inputs, columns, strict=True):
                given = f"ptr {code.element(column, row)}, i32 8, {MASK} {mask}, {VECTOR} {beside}"
                values[inputs[name]] = code.value(f"call {VECTOR} @{_LOAD}({given})")
            self._compute(code, values, self.stage.columns)
            for k, node in enumerate(self.nodes):
                value = code.value(f"select {MASK} {mask}, {VECTOR} {values[node]}, {VECTOR} {zero}")
                code.store_at(value, strip, code.add(place, k * WIDTH), VECTOR)
            following = code.add(place, len(self.nodes) * WIDTH)
            loop.update(place, following)
            loop.advance(row, LANES, stop)
        return following

    def _added(
        self, code: Function, strip: str, size: str, shape: dict[tuple[int, int], str], sums: Sequence[str]
    ) -> list[str]:
        """Write the loop that adds what the strip holds to the sums; the sums after it."""
        with code.loop() as loop:
            place = loop.carry(0)
            before = [loop.carry(each, VECTOR) for each in sums]
            nodes = [code.load_at(strip, code.add(place, k * WIDTH), VECTOR) for k in range(len(self.nodes))]
            self._emitter.restart(code)
            times, plus = self._emitter.operation("mul"), self._emitter.operation("add")
            factors = [*self._turned(nodes[:-1], shape), nodes[-1]]
            after = []
            for (i, j), total in zip(pairs(len(factors)), before, strict=True):
                after.append(plus(total, times(factors[i], factors[j])))
                loop.update(total, after[-1])
            loop.advance(place, len(self.nodes) * WIDTH, size)
        return after

    def _turned(self, given: Sequence[str], shape: dict[tuple[int, int], str]) -> list[str]:
        """Nodes times W."""
        times, plus = self._emitter.operation("mul"), self._emitter.operation("add")
        found = []
        for k, value in enumerate(given):
            total = times(value, shape[k, k])
            for i in range(k):
                total = plus(total, times(given[i], shape[i, k]))
            found.append(total)
        return found


_LOAD = f"llvm.masked.load.v{WIDTH}f64.p0"


def _everywhere(code: Function, number: str) -> str:
    """A vector with the same whole number in every row."""
    one = code.value(f"insertelement {_INTEGERS} poison, i64 {number}, i64 0")
    return code.value(f"shufflevector {_INTEGERS} {one}, {_INTEGERS} poison, <{WIDTH} x i32> zeroinitializer")


def _folded(code: Function, resting: str, start: int) -> str:
    """The lanes that rest from `start` on, folded in pairs: 0 with 4, 1 with 5, …"""
    parts = [code.load_at(resting, start + lane, VECTOR) for lane in range(0, LANES, WIDTH)]
    while len(parts) > 1:
        half = len(parts) // 2
        parts = [code.value(f"fadd {VECTOR} {parts[k]}, {parts[k + half]}") for k in range(half)]
    found, width = parts[0], WIDTH
    while width > 1:
        half, kind = width // 2, f"<{width} x double>"
        places = [", ".join(f"i32 {k}" for k in range(start, start + half)) for start in (0, half)]
        low, high = (
            code.value(f"shufflevector {kind} {found}, {kind} poison, <{half} x i32> <{each}>") for each in places
        )
        found, width = code.value(f"fadd <{half} x double> {low}, {high}"), half
    return code.value(f"extractelement <1 x double> {found}, i64 0")
