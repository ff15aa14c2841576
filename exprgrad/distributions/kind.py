"""One row of the table of distributions: everything that is known of one kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

Arguments = Sequence[float]


class Kind(NamedTuple):
    """A kind of distribution. Its formulas are in the language of the function table: they run on floats, and can be
    bound to nodes of a graph. In them stand the arguments, and `x` for the quantity or `p` for a probability."""

    name: str
    arguments: tuple[str, ...]
    doc: str
    check: Callable[..., tuple[str, str]]
    """Takes the arguments; gives the name of the one that is wrong, and what is wrong with it, or two empty texts."""
    mean: Callable[..., float]
    deviation: Callable[..., float]
    """The standard deviation; infinite or nan where there is none."""
    ends: Callable[..., tuple[float, float]]
    """The interval outside of which the density is 0."""
    density: str
    """Within the ends."""
    cumulative: str
    """P(X <= x) within the ends."""
    quantile: str = ""
    """The x with P(X <= x) = p; empty where it has no closed form, and `inverse` solves for it."""
    defaults: tuple[float, ...] = ()
    """The values of the last arguments, where they may be left out."""
    breaks: Callable[..., tuple[float, ...]] = lambda *arguments: ()
    """Where the density is not smooth, between the ends."""
    symmetric: bool = False
    """Whether the density is symmetric about the mean, whatever the arguments."""
    fit_for: Callable[..., tuple[float, float]] | None = None
    """What stands for the distribution in the law of propagation, an estimate and a standard uncertainty, where these
    are not the mean and the standard deviation."""
    poincare: Callable[..., float] | None = None
    """The least C with Var(g(X)) <= C*E(g'(X)^2) for all g (the constant of Poincare), where a formula gives it."""
    tail: Callable[..., float] = lambda *arguments: 0.0
    """What that constant is at least, by what lies far out where an end is infinite; infinite where tails are heavy."""
    standard: str = ""
    """The quantity as a formula of the arguments and of `p`, a quantity of the kind whose first two arguments are 0 and
    1; empty where these are no location and scale."""
