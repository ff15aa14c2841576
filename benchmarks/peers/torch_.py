"""PyTorch, eager, in double precision: autograd for the gradient, no_grad for the value."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from benchmarks.peers import Kernel
from benchmarks.workloads import Columns, Workload, random_tree


def version() -> str:
    return f"PyTorch {import_module('torch').__version__}"


def load(workload: Workload, columns: Columns, threads: int) -> Kernel:
    torch = import_module("torch")
    torch.set_num_threads(threads)
    tensors = {name: torch.from_numpy(column) for name, column in columns.items()}
    parameters = {
        name: torch.tensor(number, dtype=torch.float64, requires_grad=True)
        for name, number in workload.parameters.items()
    }
    model = _model(workload.name, torch)

    def value() -> float:
        with torch.no_grad():
            return float(model(**tensors, **parameters).mean())

    def gradient() -> tuple[float, list[float]]:
        loss = model(**tensors, **parameters).mean()
        partials = torch.autograd.grad(loss, list(parameters.values()))
        return loss.item(), [partial.item() for partial in partials]

    return Kernel(value, gradient)


def _model(name: str, torch: Any) -> Any:
    functional = torch.nn.functional
    code = compile(str(random_tree()), "the random expression", "eval")
    space = {name: getattr(torch, name) for name in ("sin", "exp", "tanh", "sqrt", "log")}
    return {
        "logistic": lambda x1, x2, y, w1, w2, b: functional.softplus(-y * (w1 * x1 + w2 * x2 + b)),
        "polynomial": lambda x, c0, c1, c2, c3, c4, c5: (
            c0 + x * (c1 + x * (c2 + x * (c3 + x * (c4 + x * c5)))) - torch.abs(x)
        ).square(),
        "gauss": lambda x, y, b1, b2, b3, b4, b5, b6, b7, b8: (
            b1 * torch.exp(-b2 * x)
            + b3 * torch.exp(-((x - b4) / b5).square())
            + b6 * torch.exp(-((x - b7) / b8).square())
            - y
        ).square(),
        "network": lambda x1, x2, y, w1, w2: (
            torch.relu(x1 * w1) + functional.gelu(x2 * w2, approximate="tanh") - y
        ).square(),
        "random": lambda **leaves: eval(code, space, leaves),
    }[name]
