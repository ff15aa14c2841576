"""Both passes over an expression, step by step: the record of what the reverse pass itself tells.

Nothing is computed here a second time: values are those of the interpreter, and each contribution is
the one that `autodiff.reverse` adds, told by the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from exprgrad.autodiff.reverse import Flow, active, adjoint_at, adjoints
from exprgrad.backends import interpreter
from exprgrad.diagnosis import provenance
from exprgrad.errors import LimitError
from exprgrad.functions.floats import FLOATS
from exprgrad.graph.graph import CONSTANT
from exprgrad.graph.lower import Model
from exprgrad.notation.infix import write_program
from exprgrad.text.numbers import format_number
from exprgrad.tracing.blackboard import slope_text
from exprgrad.tracing.names import Names
from exprgrad.tracing.result import BackwardStep, Explanation, ForwardStep

MAX_STEPS = 2_000
"""Steps that an explanation has, unless more are asked for."""


def explain(model: Model, bindings: Mapping[str, float], limit: int = MAX_STEPS) -> Explanation:
    """The forward pass and the backward pass. Raises LimitError where they have more steps than `limit`."""
    return _Steps(model, bindings, limit).explanation()


class _Steps:
    def __init__(self, model: Model, bindings: Mapping[str, float], limit: int) -> None:
        self.model, self.graph = model, model.graph
        count = sum(map(len, self.graph.operands)) + len(self.graph)
        if count > limit:
            raise LimitError(
                f"up to {count:,} steps to explain: the limit is {limit:,}",
                hint="explain a part of it, or give --limit N; eval --all lists every node with its derivative",
            )
        self.names = Names(model)
        self.values = interpreter.evaluate(self.graph, bindings)
        named = [*self.graph.inputs().values(), *model.intermediates.values()]
        self.wrt = [node for node in named if self.graph.operations[node] != CONSTANT]
        self.flows: dict[tuple[int, int], Flow[float]] = {}
        self.adjoints = adjoints(self.graph, model.output, self.values, FLOATS, self.wrt, watch=self.watch)
        self.kinks = set(provenance.kinks(self.graph, model.output, self.values))
        self.live = set(provenance.live(self.graph, model.output, self.values))

    def watch(self, flow: Flow[float]) -> None:
        self.flows[flow.node, flow.position] = flow

    def explanation(self) -> Explanation:
        inputs = self.graph.inputs()
        gradient = {name: adjoint_at(self.adjoints, node, 0.0) for name, node in inputs.items()}
        value = self.values[self.model.output]
        finite = isfinite(value) and all(map(isfinite, gradient.values()))
        lost = None
        if not finite:
            lost = provenance.explain(self.model.source, self.graph, self.model.output, self.values, self.wrt)
        return Explanation(
            expression=write_program(self.graph, self.model.output, self.model.labels),
            result=self.names.result,
            value=value,
            gradient=gradient,
            forward=tuple(self.forward()),
            backward=tuple(self.backward()),
            notes=() if lost is None else (lost,),
        )

    def forward(self) -> list[ForwardStep]:
        aliases: dict[int, list[str]] = {}
        for name, node in self.names.aliases.items():
            aliases.setdefault(node, []).append(name)
        steps = []
        for node, operation in enumerate(self.graph.operations):
            name, value = self.names.of(node), self.values[node]
            if operation != CONSTANT:
                numbers = self.names.numbers(node, self.values)
                steps.append(ForwardStep(name, self.names.operation(node), numbers, value, self.said(node)))
            steps += [ForwardStep(alias, name, format_number(value), value) for alias in aliases.get(node, ())]
        return steps

    def said(self, node: int) -> str:
        """What there is to say about a value: no effect (a branch not taken), a kink, what it stands for."""
        notes = [] if node in self.live else ["no effect on the result"]
        if node in self.model.labels:
            notes.append(f"this is {self.model.labels[node]}")
        if node in self.kinks:
            notes.append(f"at a kink, where no derivative exists; by convention: {self.convention(node)}")
        return "; ".join(notes)

    def convention(self, node: int) -> str:
        """What the derivative at a kink is."""
        return provenance.convention(self.graph, node, self.names.texts)

    def backward(self) -> list[BackwardStep]:
        """The flows, and between them the places where nothing flows, as they follow on each other."""
        output = self.model.output
        reached = active(self.graph, output, self.wrt)
        if not reached[output]:
            return []
        result = self.names.result
        steps = [BackwardStep(result, result, "1", 1.0, 1.0, 1.0, 1.0)]
        totals: dict[int, float] = {}
        for node in range(output, -1, -1):
            adjoint = self.adjoints[node]
            if adjoint is None:
                continue
            for index, operand in enumerate(self.graph.operands[node]):
                if reached[operand]:
                    steps.append(self.step(node, index, operand, adjoint, totals))
        return steps

    def step(self, node: int, index: int, operand: int, adjoint: float, totals: dict[int, float]) -> BackwardStep:
        name, into = self.names.of(node), self.names.of(operand)
        rule, flow, before = self.names.rule(node, index), self.flows.get((node, index)), totals.get(operand)
        if flow is None:
            gate = self.names.gate(node, index)
            why = f"nothing flows back: it does only where {gate}" if gate else "nothing flows back: the slope is 0"
            return BackwardStep(name, into, rule, None, adjoint, None, before or 0.0, why)
        totals[operand] = flow.total
        notes = []
        if before is not None:
            parts = f"{format_number(before)} + {format_number(flow.contribution)} = {format_number(flow.total)}"
            notes.append(f"used again: {slope_text(self.names.result, into)} = {parts}")
        if node in self.kinks:
            notes.append(f"by convention: {self.convention(node)}")
        partial = 1.0 if flow.partial is None else flow.partial
        return BackwardStep(name, into, rule, partial, adjoint, flow.contribution, flow.total, "; ".join(notes))
