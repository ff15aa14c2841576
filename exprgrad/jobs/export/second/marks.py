"""Which derivatives lost digits, as expressions: for languages in which they cannot be computed again."""

from __future__ import annotations

from exprgrad.backends.mending.losses import marks
from exprgrad.functions.table import MIXING
from exprgrad.jobs.export.joint import Joint


def marked(joint: Joint) -> Joint:
    """The same function with marks in the place of derivatives: 1 where they lost digits, as compiled rows are told."""
    ends = [*joint.gradient.values(), *joint.hessian.values()]
    graph, found = marks(joint.graph, joint.variables, ends)
    mark = dict(zip(ends, found, strict=True))
    return joint._replace(
        graph=graph,
        value=found[0],
        gradient={name: mark[node] for name, node in joint.gradient.items()},
        hessian={pair: mark[node] for pair, node in joint.hessian.items()},
        names={},
    )


def can_mark(joint: Joint) -> bool:
    """Whether each result follows from numbers of its own row alone."""
    return not any(operation in MIXING for operation in joint.graph.operations)
