"""Optimizers, each a row of a table: formulas of the expression language, for one parameter at a time.

A formula knows the parameter `p`, its gradient `g`, the `rate`, what the optimizer remembers of the parameter,
and its settings. Formulas are bound to an arithmetic, as the rules of functions are: on floats they give the pair
of pure functions (`init`, `update`) that the loop runs, on LLVM operands its compiled form. They consist of
+ - * / and sqrt alone, so both give the same bits. (Adam's corrections 1 - beta^t are remembered products for
that reason, not powers.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Generic, NamedTuple, TypeVar

from exprgrad.errors import UsageError
from exprgrad.functions.arithmetic import Arithmetic
from exprgrad.functions.floats import FLOATS
from exprgrad.functions.rules import bind
from exprgrad.text.numbers import format_number
from exprgrad.text.spelling import did_you_mean

T = TypeVar("T")
State = tuple[tuple[T, ...], ...]
"""What an optimizer remembers between updates: some number of vectors as long as the parameters."""


class Memory(NamedTuple):
    """A number remembered for each parameter."""

    name: str
    start: float
    next: str
    """Its value after an update; what stands before it in the table has its next value already."""


class Rule(NamedTuple):
    """One optimizer."""

    parameter: str
    """The parameter after an update, from what is remembered after it."""
    memory: tuple[Memory, ...]
    settings: dict[str, float]
    doc: str
    source: str


_MOMENTS = (
    Memory("m", 0.0, "beta1*m + (1 - beta1)*g"),
    Memory("v", 0.0, "beta2*v + (1 - beta2)*g*g"),
    Memory("c", 1.0, "beta1*c"),
    Memory("d", 1.0, "beta2*d"),
)
_STEP = "rate*(m/(1 - c))/(sqrt(v/(1 - d)) + epsilon)"

OPTIMIZERS = {
    "sgd": Rule("p - rate*g", (), {}, "gradient descent", "Robbins, Monro 1951, Ann. Math. Stat. 22"),
    "momentum": Rule(
        "p - rate*m",
        (Memory("m", 0.0, "momentum*m + g"),),
        {"momentum": 0.9},
        "the heavy ball",
        "Polyak 1964, USSR Comput. Math. Math. Phys. 4",
    ),
    "nesterov": Rule(
        "p - rate*(g + momentum*m)",
        (Memory("m", 0.0, "momentum*m + g"),),
        {"momentum": 0.9},
        "momentum that looks ahead",
        "Nesterov 1983, Soviet Math. Dokl. 27; in this form Sutskever et al. 2013, ICML",
    ),
    "rmsprop": Rule(
        "p - rate*g/(sqrt(v) + epsilon)",
        (Memory("v", 0.0, "decay*v + (1 - decay)*g*g"),),
        {"decay": 0.99, "epsilon": 1e-8},
        "steps divided by the root of the mean square",
        "Tieleman, Hinton 2012, Neural Networks for Machine Learning, lecture 6.5",
    ),
    "adagrad": Rule(
        "p - rate*g/(sqrt(v) + epsilon)",
        (Memory("v", 0.0, "v + g*g"),),
        {"epsilon": 1e-10},
        "steps divided by the root of the sum of squares",
        "Duchi, Hazan, Singer 2011, J. Mach. Learn. Res. 12",
    ),
    "adam": Rule(
        f"p - {_STEP}",
        _MOMENTS,
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
        "momentum and rmsprop, corrected for their start from 0",
        "Kingma, Ba 2015, ICLR",
    ),
    "adamw": Rule(
        f"p - rate*decay*p - {_STEP}",
        _MOMENTS,
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decay": 0.01},
        "adam with a decay of the parameters beside the gradient",
        "Loshchilov, Hutter 2019, ICLR",
    ),
}
LBFGS = "lbfgs"
"""L-BFGS-B is no rule of this kind: see `jobs.train.lbfgs`."""


class Optimizer(NamedTuple, Generic[T]):
    """`update(parameters, gradient, state, rate)` gives the next parameters and the next state."""

    init: Callable[[int], State[float]]
    update: Callable[[Sequence[T], Sequence[T], State[T], T], tuple[list[T], State[T]]]


class Choice(NamedTuple):
    """An optimizer chosen by name, with all of its settings."""

    name: str
    settings: dict[str, float]

    def bound(self, arithmetic: Arithmetic[T]) -> Optimizer[T]:
        """Its two functions, in an arithmetic."""
        rule = OPTIMIZERS[self.name]
        remembered = [memory.name for memory in rule.memory]
        names = ["p", "g", "rate", *self.settings, *remembered]
        settings = [arithmetic.constant(value) for value in self.settings.values()]
        steps = [bind(memory.next, names, arithmetic) for memory in rule.memory]
        last = bind(rule.parameter, names, arithmetic)
        first = len(names) - len(remembered)

        def update(
            parameters: Sequence[T], gradient: Sequence[T], state: State[T], rate: T
        ) -> tuple[list[T], State[T]]:
            after: list[T] = []
            kept: list[list[T]] = []
            for index, (p, g) in enumerate(zip(parameters, gradient, strict=True)):
                scope = [p, g, rate, *settings, *(vector[index] for vector in state)]
                for k, step in enumerate(steps, first):
                    scope[k] = step(scope)
                after.append(last(scope))
                kept.append(scope[first:])
            return after, tuple(zip(*kept, strict=True)) if steps else ()

        return Optimizer(lambda size: tuple((memory.start,) * size for memory in rule.memory), update)


def choose(text: str) -> Choice:
    """The optimizer of a text such as `adam` or `momentum,momentum=0.95`. Raises UsageError."""
    name, given = named_settings(text, "optimizer")
    if name != LBFGS and name not in OPTIMIZERS:
        known = [*OPTIMIZERS, LBFGS]
        raise UsageError(
            f"there is no optimizer {name!r}", hint=did_you_mean(name, known, f"choose {', '.join(known)}")
        )
    defaults = OPTIMIZERS[name].settings if name != LBFGS else {}
    settings = complete(f"the optimizer {name}", defaults, given)
    for setting, value in settings.items():
        if value < 0 or (setting not in ("epsilon", "decay") and value >= 1) or (name == "rmsprop" and value >= 1):
            raise UsageError(f"{setting} of {name} lies in [0, 1), not at {format_number(value)}")
    return Choice(name, settings)


def named_settings(text: str, what: str) -> tuple[str, dict[str, float]]:
    """Name and settings in a text such as `adam,beta1=0.8`. Raises UsageError."""
    name, *parts = (part.strip() for part in text.split(","))
    settings: dict[str, float] = {}
    for part in parts:
        key, equals, number = part.partition("=")
        try:
            settings[key.strip()] = float(number)
        except ValueError:
            equals = ""
        if not equals:
            raise UsageError(f"a setting of the {what} is written as NAME=NUMBER, not {part!r}")
    return name, settings


def complete(what: str, defaults: dict[str, float], given: dict[str, float]) -> dict[str, float]:
    """The settings given, and the defaults of the others. Raises UsageError."""
    for key, value in given.items():
        if key not in defaults:
            hint = did_you_mean(key, list(defaults), f"it has {', '.join(defaults) or 'none'}")
            raise UsageError(f"{what} has no setting {key!r}", hint=hint)
        if not isfinite(value):
            raise UsageError(f"{key} of {what} must be finite, not {value:g}")
    return defaults | given


def on_floats(text: str) -> Optimizer[float]:
    """An optimizer that computes in floats."""
    return choose(text).bound(FLOATS)
