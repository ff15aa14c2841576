"""Both passes over an expression, step by step, as the passes themselves report them.

Nothing is computed here a second time: the values are those of the interpreter, and each contribution is the one that
`autodiff.reverse` adds and reports to its observer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from exprgrad.autodiff.reverse import Flow, active, adjoint_at
from exprgrad.backends import interpreter
from exprgrad.diagnosis import provenance
from exprgrad.graph.graph import CONSTANT
from exprgrad.graph.lower import Model
from exprgrad.notation.result import slope_text
from exprgrad.text.numbers import format_number, unsigned
from exprgrad.tracing.names import Names
from exprgrad.tracing.steps import BackwardStep, ForwardStep, Trace


def trace(model: Model, bindings: Mapping[str, float], wrt: Collection[str] = ()) -> Trace:
    """The steps of the forward pass and of the backward pass, this to the variables and named values in `wrt`, by
    default to all of them. Every variable has a value."""
    return _Steps(model, bindings, wrt).trace()


class _Steps:
    """The values of a model at a point and what its reverse pass reported, to be told as steps."""

    def __init__(self, model: Model, bindings: Mapping[str, float], wrt: Collection[str]) -> None:
        self.model, self.graph = model, model.graph
        self.names = Names(model)
        self.values = interpreter.evaluate(self.graph, bindings)
        named = [*self.graph.inputs().items(), *model.intermediates.items()]
        self.named = [pair for pair in named if not wrt or pair[0] in wrt]
        self.wrt = [node for _, node in self.named if self.graph.operations[node] != CONSTANT]
        self.flows: dict[tuple[int, int], Flow[float]] = {}
        self.adjoints = interpreter.gradient(self.graph, model.output, self.values, self.wrt, self.watch)
        self.kinks = set(provenance.kinks(self.graph, model.output, self.values))
        self.live = set(provenance.live(self.graph, model.output, self.values))

    def watch(self, flow: Flow[float]) -> None:
        """Keep what the reverse pass reports of an edge."""
        self.flows[flow.node, flow.position] = flow

    def trace(self) -> Trace:
        inputs = [pair for pair in self.named if self.graph.has_input(pair[0])]
        return Trace(
            result=self.names.result,
            value=self.values[self.model.output],
            gradient={name: adjoint_at(self.adjoints, node, 0.0) for name, node in inputs},
            forward=tuple(self.forward()),
            backward=tuple(self.backward()),
        )

    def forward(self) -> list[ForwardStep]:
        """A step for each value, and one for each further name of a value."""
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
        """The note on a value: it has no effect (its branch is not taken), it stands for a `diff`, it is at a kink."""
        notes = [] if node in self.live else ["no effect on the result"]
        if node in self.model.labels:
            notes.append(f"this is {self.model.labels[node]}")
        if node in self.kinks:
            notes.append(f"at a kink, where no derivative exists; by convention: {self.convention(node)}")
        return "; ".join(notes)

    def convention(self, node: int) -> str:
        """What the derivative at a kink is taken to be."""
        return provenance.convention(self.graph, node, self.names.texts)

    def backward(self) -> list[BackwardStep]:
        """A step for each edge on the way from the result to a name, whether something flows through it or not."""
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
        """The step of one edge; `totals` has the derivatives that earlier steps added up."""
        name, into = self.names.of(node), self.names.of(operand)
        rule, flow, before = self.names.rule(node, index), self.flows.get((node, index)), totals.get(operand)
        if flow is None:
            gate = self.names.gate(node, index)
            why = f"nothing flows back: it does only where {gate}" if gate else "nothing flows back: the slope is 0"
            return BackwardStep(name, into, rule, None, adjoint, None, before or 0.0, why)
        totals[operand] = flow.total
        notes = []
        if before is not None:
            first, second, total = map(format_number, map(unsigned, (before, flow.contribution, flow.total)))
            notes.append(f"used again: {slope_text(self.names.result, into)} = {first} + {second} = {total}")
        if node in self.kinks:
            notes.append(f"by convention: {self.convention(node)}")
        partial = 1.0 if flow.partial is None else flow.partial
        return BackwardStep(name, into, rule, partial, adjoint, flow.contribution, flow.total, "; ".join(notes))
