"""Table rows: reductions, which fold a column to a number.

Sums add in a fixed order whatever computes them (`exprgrad.columns.folds`), so their bits do not depend
on threads, batches or machines. A number is a column of one row.
"""

from __future__ import annotations

from math import inf

from exprgrad.functions.entry import Function
from exprgrad.functions.precedence import POWER, PRODUCT

NEUTRAL = {"add": -0.0, "mul": 1.0, "max": -inf, "min": inf}
"""What a fold starts from: the number that changes no other, not even the sign of a zero."""

_SMALL, _BIG = "2.0^-480", "2.0^480"  # squares of numbers between them neither under- nor overflow


def _squares(u: str) -> tuple[str, str, str]:
    """The sum of squares of a column's large rows and of its small ones, each scaled, and of all others
    (Blue 1978, ACM TOMS 4): in one pass, without overflow."""
    return (
        f"sum(abs({u}) > {_BIG} ? square(({u})*2.0^-600) : 0)",
        f"sum(abs({u}) < {_SMALL} ? square(({u})*2.0^600) : 0)",
        f"sum(abs({u}) > {_BIG} or abs({u}) < {_SMALL} ? 0 : square({u}))",
    )


_LARGE, _TINY, _REST = _squares("x")
_FAR, _NEAR, _DEVIATIONS = _squares("x - mean(x)")


_WEIGHT = "abs(largest(x)) == inf ? x == largest(x) : exp(x - largest(x))"  # of equal infinities each has the same


def _extreme(name: str, function: str, words: str) -> Function:
    return Function(
        name=name,
        operands=("x",),
        doc=f"the {words} of a column",
        value=lambda x: x,
        formula="x",
        reduces=True,
        fold=function,
        partials=("1/sum(x == out)",),
        gates=("x == out",),
        kink="sum(x == out) > 1",
        convention="a tie shares 1 in equal parts",
        latex=rf"\{function}\left(#1\right)",
        exact=True,
        flat=True,
        points=((2.0,),),
    )


ROWS = [
    Function(
        name="sum",
        operands=("x",),
        doc="sum of a column",
        value=lambda x: x,
        formula="x",
        reduces=True,
        fold="add",
        partials=("1",),
        latex=r"\sum #1",
        set_level=POWER,
        set_needs=(PRODUCT,),
        points=((2.0,),),
    ),
    Function(
        name="count",
        operands=("x",),
        doc="rows of a column",
        value=lambda x: 1.0,
        formula="1",
        reduces=True,
        partials=("0",),
        exact=True,
        points=((2.0,),),
    ),
    Function(
        name="mean",
        operands=("x",),
        doc="arithmetic mean of a column",
        definition="sum(x)/count(x)",
        formula="x",
        reduces=True,
        partials=("1/count(x)",),
        latex=r"\operatorname{mean}\left(#1\right)",
        points=((2.0,),),
    ),
    Function(
        name="var",
        operands=("x", "ddof"),
        defaults=(0.0,),
        doc="variance of a column: sum((x - mean(x))^2)/(count(x) - ddof)",
        hinted_for=("mean(x^2) - mean(x)^2 = var(x)",),
        definition="sum(square(x - mean(x)))/(count(x) - ddof)",
        formula="0/(1 - ddof)",
        reduces=True,
        partials=("2*(x - mean(x))/(count(x) - ddof)", "out/(count(x) - ddof)"),
        latex=r"\operatorname{var}\left(#1\right)",
        points=((2.0, 0.0),),
    ),
    Function(
        name="std",
        operands=("x", "ddof"),
        defaults=(0.0,),
        doc="standard deviation of a column: sqrt(var(x, ddof))",
        hinted_for=("sqrt(mean(x^2) - mean(x)^2) = std(x)",),
        definition=f"{_FAR} > 0 or {_NEAR} > 0 ? norm(x - mean(x))/sqrt(count(x) - ddof)"
        f" : sqrt({_DEVIATIONS}/(count(x) - ddof))",
        formula="0/(1 - ddof)",
        reduces=True,
        partials=(
            "(x - mean(x))/((count(x) - ddof)*(out == 0 ? 1 : out))",
            "0.5*out/(count(x) - ddof)",
        ),
        kink="out == 0",
        convention="0 where all rows are equal",
        latex=r"\operatorname{std}\left(#1\right)",
        points=((2.0, 0.0),),
    ),
    Function(
        name="norm",
        operands=("x",),
        doc="Euclidean norm of a column: sqrt(sum(x^2)) without overflow",
        hinted_for=("sqrt(sum(x^2))",),
        definition=f"{_LARGE} > 0 ? sqrt({_LARGE} + {_REST}*2.0^-600*2.0^-600)*2.0^600"
        f" : {_REST} == 0 ? sqrt({_TINY})*2.0^-600"
        f" : sqrt({_REST} + {_TINY}*2.0^-600*2.0^-600)",
        formula="abs(x)",
        reduces=True,
        partials=("x/(out == 0 ? 1 : out)",),
        kink="out == 0",
        convention="0 where all rows are 0",
        latex=r"\left\|#1\right\|",
        points=((2.0,), (1e200,), (1e-200,)),
    ),
    Function(
        name="prod",
        operands=("x",),
        doc="product of a column",
        value=lambda x: x,
        formula="x",
        reduces=True,
        fold="mul",
        partials=(
            "x == 0 ? (sum(x == 0) == 1 ? prod(x == 0 ? 1 : x) : 0)"
            " : abs(x) == inf ? (sum(abs(x) == inf) == 1 ? prod(abs(x) == inf ? 1 : x) : out*sign(x)) : out/x",
        ),
        latex=r"\prod #1",
        set_level=POWER,
        set_needs=(PRODUCT,),
        points=((2.0,), (0.0,), (inf,)),
    ),
    Function(
        name="logsumexp",
        operands=("x",),
        doc="log(sum(exp(x))) of a column, without overflow",
        instead_of=("log(sum(exp(x)))",),
        hinted_for=("log(mean(exp(x))) = logsumexp(x) - log(count(x))",),
        definition="abs(largest(x)) == inf ? largest(x) : largest(x) + log(sum(exp(x - largest(x))))",
        formula="x",
        reduces=True,
        partials=(f"({_WEIGHT})/sum({_WEIGHT})",),
        points=((2.0,), (800.0,), (inf,), (-inf,)),
    ),
    _extreme("largest", "max", "largest row"),
    _extreme("smallest", "min", "smallest row"),
    Function(
        name="softmax",
        operands=("x",),
        doc="exp(x)/sum(exp(x)) in each row of a column, without overflow",
        instead_of=("exp(x)/sum(exp(x))",),
        definition="exp(x - logsumexp(x))",
        formula="1",
        reduces=True,
        expands=True,
        partials=("out*(1 - out)",),
        points=((2.0,),),
    ),
    Function(
        name="log_softmax",
        operands=("x",),
        doc="x - logsumexp(x) in each row of a column: log(softmax(x))",
        instead_of=("log(softmax(x))",),
        hinted_for=("x - log(sum(exp(x)))",),
        definition="x - logsumexp(x)",
        formula="0",
        reduces=True,
        expands=True,
        partials=("1 - exp(out)",),
        points=((2.0,),),
    ),
]
