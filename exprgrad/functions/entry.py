"""One row of the function table: everything known about one function."""

# Annotations are evaluated, not kept as texts, which NamedTuple would compile one by one at every start.
from collections.abc import Callable
from math import inf
from typing import NamedTuple

from exprgrad.functions.precedence import ATOM

Interval = tuple[float, float]

SECOND = 2.0**19
"""Bound in ulp, about 1e-10, for the partials of helpers: of rows that are derivatives themselves."""


class Function(NamedTuple):
    """A function of the language. Formulas are texts in the language itself, over the operands.

    A *core* function brings `value`, a callable on floats; a *derived* one brings `definition`,
    its formula over other functions. A formula in `partials` may also use `out`, the value.
    """

    name: str
    operands: tuple[str, ...]
    doc: str
    """One line that says what it computes."""
    partials: tuple[str, ...]
    """The local partial derivative with respect to each operand; "0" where it vanishes everywhere, and "nan" where
    there is no formula of it."""
    value: Callable[..., float] | None = None
    definition: str = ""
    formula: str = ""
    """The textbook's formula: what the value is measured against. Its literals are the decimal numbers
    as written and pi is the real number. Empty for what `definition` says best, or mpmath itself has."""
    far: str = ""
    """A formula that keeps its digits where the value is beyond the range of floats. Empty for what `formula` or
    `definition` says."""
    instead_of: tuple[str, ...] = ()
    """Formulas that are the same on all reals, and lose digits that this function keeps: `simplify` writes it. Each
    stands for the function of its operands, or says what it is: "1 - erf(x) = erfc(x)"."""
    hinted_for: tuple[str, ...] = ()
    """Formulas that are the same where they are defined, and lose digits."""
    gates: tuple[str, ...] = ()
    """For each operand the condition under which the value depends on it at all. Where it fails,
    nothing flows back to the operand: not even a zero, which an infinite slope would turn into nan."""
    kink: str = ""
    """The condition at which the derivative does not exist (a corner, a jump, a one-sided end)."""
    convention: str = ""
    """What the derivative is at the kink."""
    jumps: tuple[int, ...] = ()
    """The operands at some values of which it jumps though its partials are not 0 between jumps."""
    domain: tuple[Interval, ...] = ()
    """Interval of each operand on which the value is real; all reals where empty."""
    defaults: tuple[float, ...] = ()
    """Values of trailing operands that a call may leave out."""
    aliases: tuple[str, ...] = ()
    reduces: bool = False
    """Whether the first operand is a column that is folded to one number; partials are then with respect to its rows.
    A number counts as a column of one row: that is what `value` computes."""
    expands: bool = False
    """Of what reduces: whether a call is written out as `definition`, and so gives a number for each row."""
    fold: str = ""
    """The function of two that a reduction folds with; empty for what `definition` folds."""
    place: str = ""
    """Of a reduction that takes one of the rows in order: which one, counted from 0, as a formula of n, how many there
    are, and of its other operands."""
    scan: str = ""
    """Of what gives a column, each row from others of its operand: "up to" for the sum of the rows up to it, "from" for
    that of the rows from it on, "count" for how many are up to it. The partial is that of one row."""
    folded: str = ""
    """The reduction that a call with a single operand means."""
    chained: bool = False
    """Whether a call may have more operands, which are taken from the left: max(a, b, c) is max(max(a, b), c)."""
    symbol: str = ""
    """An operator's sign."""
    tight: bool = False
    """Whether the sign is written without spaces: `x*y`, but `x + y`."""
    level: int = ATOM
    """How tight an operator binds: one of `exprgrad.functions.precedence`."""
    needs: tuple[int, ...] = ()
    """The least level that each operand of an operator has without parentheses; empty for a function."""
    called: bool = False
    """Whether people write an operator as a call, too: `pow(x, y)`."""
    written: str = ""
    """How a person writes this function when a derivative is printed (helpers of derivatives only)."""
    latex: str = ""
    """LaTeX with #1, #2, … for the operands; empty for \\operatorname{name}(…)."""
    mathml: str = ""
    """MathML in the same way; empty for name(…)."""
    set_level: int = 0
    """How tight the LaTeX and the MathML bind, where that is not `level`: `2^{x}` is a power. 0 for `level`."""
    set_needs: tuple[int, ...] = ()
    """What each operand needs in LaTeX and MathML, where that is not `needs`: nothing inside a fraction."""
    source: str = ""
    """Where definition and derivative are found: a paper, or a section of DLMF (dlmf.nist.gov)."""
    ulp: tuple[float, float] = (2, 4)
    """Largest error of the value and of each partial, in units in the last place, where the true
    result is a normal float. Held by tests/functions and `python -m benchmarks.accuracy`."""
    terms: tuple[str, ...] = ()
    """For the value, then for each partial: near a root, where the result is a small difference of
    larger terms, the formula of such a term. Errors are counted in ulp of the term where it is
    larger than the result. Empty: in ulp of the result, everywhere."""
    portable_first: tuple[tuple[float, str], ...] = ()
    """Portable formulas for single values of the first operand, where there is none for all of them: for each the
    value, and the formula over the other operands."""
    points: tuple[tuple[float, ...], ...] = ()
    """Operands worth a test: kinks, ends of the domain, places where textbook formulas fail."""

    symmetric: bool = False
    """Whether the operands can be exchanged."""
    truth: bool = False
    """Whether the value is always 0 or 1."""
    opposite: str = ""
    """The function that is 1 where this is 0 and 0 where this is 1, for nan too: so < and >= are not opposite."""
    exact: bool = False
    """Whether the value is computed without rounding."""
    not_negative: bool = False
    """Whether no value is below 0; nan may be one."""
    of: tuple[tuple[str, str], ...] = ()
    """What this function of another one is, on all reals, with the same domain and no digit lost: for each other
    function its name, and the formula of its operand x. As exp(log(x)) is nan below 0, and x is not, it is none."""
    undoes: tuple[str, ...] = ()
    """The function of which this one is x where that is defined, and which is defined on a part of the reals alone;
    then the functions and formulas of x that are defined nowhere else. Times one of these it can be written as x."""
    squares: tuple[tuple[float, float, str, float], ...] = ()
    """What a + b*f(x)^2 is for all x that this function f has a value of: for each a and b the name of another
    function of x, and the power that it has."""
    unit: float | None = None
    """Of operands that have one unit, as metres: the power of it that the value has. 1 for a sum, 0 for a comparison;
    None where the operands have none, or where it takes more than this to say."""
    flat: bool = False
    """Whether the value can stay the same while an operand moves: at a bound, between jumps, in a branch not taken."""
    transcendental: bool = False
    """Whether the value has endlessly many digits unless the operands are special ones, such as 0."""
    reduced: bool = False
    """Whether a large operand is reduced first, as by multiples of pi: this takes all its digits before the point."""
    period: float = 0.0
    """The least p > 0 for which the value at x + p is that at x, for all x; 0 where there is none."""
    turns: str = ""
    """Where there is no `period`: through how many waves the value goes between 0 and large operands, as a formula of
    them. An operand that is known worse than to a wave leaves no digit."""
    slow: bool = False
    """Whether mpmath takes seconds for the value at thousands of bits."""
    helper: bool = False
    """Whether it is the derivative of another row and only made for that: people are shown its formula."""
    shortcuts: tuple[tuple[tuple[float | None, ...], str], ...] = ()
    """Formulas that give the same float where some operands are known numbers: for each the numbers, None for any
    operand, and the formula."""
    portable: str = ""
    """A formula that keeps 13 digits with what every language's library has: exports use it where the language
    has no such function. Nothing in it cancels, overflows or vanishes early. Empty for what `definition` says."""
    library: str = ""
    """The function of C's math library whose value is that of the interpreter, which has IEEE results where Python
    would raise."""

    @property
    def arity(self) -> tuple[int, int]:
        """Fewest and most operands of a call."""
        return len(self.operands) - len(self.defaults), len(self.operands)

    @property
    def waves(self) -> str:
        """Through how many periods or waves the value goes between 0 and the operands, as a formula; empty for none."""
        return self.turns or (f"{self.operands[0]}/{self.period!r}" if self.period else "")

    @property
    def mixes(self) -> bool:
        """Whether it takes more than one row of a column."""
        return self.reduces or bool(self.scan)

    def interval(self, index: int) -> Interval:
        """The domain of one operand."""
        return self.domain[index] if self.domain else (-inf, inf)
