"""The table of optimizers: one row each, written as formulas of the expression language.

A row says how one parameter is updated; all parameters are updated alike. Its formulas know

- `p`, the parameter, and `g`, its gradient, both before the update,
- `rate`, the learning rate of this epoch,
- the settings of the row, and
- what the optimizer remembers of the parameter.

Formulas use + - * / and sqrt alone. These are rounded in the same way by Python and by compiled code, so an
optimizer gives the same bits in every loop. (This is why Adam remembers its powers beta^t as products.)
`docs/adding-an-optimizer.md` shows how to add a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import NamedTuple


class Memory(NamedTuple):
    """A number that is remembered for each parameter from one update to the next."""

    name: str
    start: float
    next: str
    """Its formula. The memories above it in the row have been updated already; those below it have not."""


class Setting(NamedTuple):
    """A number that a user may choose, in [0, below)."""

    default: float
    below: float = inf


class Optimizer(NamedTuple):
    """A row of the table."""

    name: str
    doc: str
    source: str
    """Where it was published."""
    parameter: str
    """The formula of the parameter after the update. The memories have been updated before."""
    memory: tuple[Memory, ...] = ()
    settings: Mapping[str, Setting] = {}


OPTIMIZERS: dict[str, Optimizer] = {}
"""The optimizers by name."""


def register(optimizer: Optimizer) -> None:
    """Add a row. Raises ValueError where the name is taken."""
    if optimizer.name in OPTIMIZERS:
        raise ValueError(f"the optimizer {optimizer.name} is defined twice")
    OPTIMIZERS[optimizer.name] = optimizer


_FRACTION = Setting(0.9, below=1.0)
_MOMENTUM = (Memory("m", 0.0, "momentum*m + g"),)
_ADAM_MEMORY = (
    Memory("m", 0.0, "beta1*m + (1 - beta1)*g"),
    Memory("v", 0.0, "beta2*v + (1 - beta2)*g*g"),
    Memory("c", 1.0, "beta1*c"),
    Memory("d", 1.0, "beta2*d"),
)
"""The means of the gradient and of its square, then beta1^t and beta2^t in update t, counted from 1."""
_ADAM_STEP = "rate*(m/(1 - c))/(sqrt(v/(1 - d)) + epsilon)"
_ADAM_SETTINGS = {"beta1": _FRACTION, "beta2": Setting(0.999, below=1.0), "epsilon": Setting(1e-8)}

_ROWS = (
    Optimizer(
        name="sgd",
        doc="gradient descent",
        source="Robbins, Monro 1951, Ann. Math. Stat. 22",
        parameter="p - rate*g",
    ),
    Optimizer(
        name="momentum",
        doc="the heavy ball",
        source="Polyak 1964, USSR Comput. Math. Math. Phys. 4",
        parameter="p - rate*m",
        memory=_MOMENTUM,
        settings={"momentum": _FRACTION},
    ),
    Optimizer(
        name="nesterov",
        doc="momentum that looks ahead",
        source="Nesterov 1983, Soviet Math. Dokl. 27; written like this by Sutskever et al. 2013, ICML",
        parameter="p - rate*(g + momentum*m)",
        memory=_MOMENTUM,
        settings={"momentum": _FRACTION},
    ),
    Optimizer(
        name="rmsprop",
        doc="steps divided by the root of the mean square of the gradient",
        source="Tieleman, Hinton 2012, Neural Networks for Machine Learning, lecture 6.5",
        parameter="p - rate*g/(sqrt(v) + epsilon)",
        memory=(Memory("v", 0.0, "decay*v + (1 - decay)*g*g"),),
        settings={"decay": Setting(0.99, below=1.0), "epsilon": Setting(1e-8, below=1.0)},
    ),
    Optimizer(
        name="adagrad",
        doc="steps divided by the root of the sum of the squared gradients",
        source="Duchi, Hazan, Singer 2011, J. Mach. Learn. Res. 12",
        parameter="p - rate*g/(sqrt(v) + epsilon)",
        memory=(Memory("v", 0.0, "v + g*g"),),
        settings={"epsilon": Setting(1e-10)},
    ),
    Optimizer(
        name="adam",
        doc="momentum and rmsprop, corrected for their start from 0",
        source="Kingma, Ba 2015, ICLR",
        parameter=f"p - {_ADAM_STEP}",
        memory=_ADAM_MEMORY,
        settings=_ADAM_SETTINGS,
    ),
    Optimizer(
        name="adamw",
        doc="adam with a decay of the parameters beside the gradient",
        source="Loshchilov, Hutter 2019, ICLR",
        parameter=f"p - rate*decay*p - {_ADAM_STEP}",
        memory=_ADAM_MEMORY,
        settings={**_ADAM_SETTINGS, "decay": Setting(0.01)},
    ),
)
for _row in _ROWS:
    register(_row)
