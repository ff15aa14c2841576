"""Table rows: quantiles of a column, which need all its rows in order.

A quantile is interpolated between two rows, each of which is a reduction of its own. The places of the rows, and the
interpolation, are those of NumPy: definition 7 of Hyndman and Fan (1996, The American Statistician 50).
"""

from __future__ import annotations

from math import inf, nan

from exprgrad.functions.entry import Function

_SOURCE = "Hyndman and Fan (1996), The American Statistician 50, definition 7"
_TIES = "rows that tie share its weight in equal parts"
_DOMAIN = ((-inf, inf), (0.0, 1.0))

_ODD = "quantile_share(x, 0.5) == 0"  # there is a row in the middle
_LOW, _HIGH = "quantile_from(x, 0.5)", "quantile_to(x, 0.5)"
_FROM, _TO, _SHARE = "quantile_from(x, q)", "quantile_to(x, q)", "quantile_share(x, q)"
_STEP = f"({_TO} - {_FROM})"


def _place(n: str) -> str:
    """The place of the row before a quantile, counted from 0; of two rows or more it is not the last."""
    return f"(q*({n} - 1) < {n} - 1 ? floor(q*({n} - 1)) : max({n} - 2, 0))"


def _row(name: str, words: str, place: str) -> Function:
    return Function(
        name=name,
        operands=("x", "q"),
        doc=f"the row of a column {words} quantile(x, q) is interpolated",
        value=lambda x, q: x if 0 <= q <= 1 else nan,
        formula="x",
        domain=_DOMAIN,
        reduces=True,
        place=f"q < 0 or q > 1 ? nan : {place}",
        partials=("1/sum(x == out)", "0"),
        gates=("x == out", ""),
        kink="sum(x == out) > 1",
        convention=_TIES,
        exact=True,
        flat=True,
        source=_SOURCE,
        points=((2.0, 0.25),),
    )


ROWS = [
    Function(
        name="median",
        operands=("x",),
        doc="median of a column: the row in the middle, or the mean of the two there",
        definition=f"{_LOW} == {_HIGH} or {_ODD} ? {_LOW}"
        f" : abs({_LOW} + {_HIGH}) < inf ? ({_LOW} + {_HIGH})/2 : {_LOW}/2 + {_HIGH}/2",
        formula="x",
        reduces=True,
        partials=(
            f"{_ODD} ? (x == out)/sum(x == out)"
            f" : 0.5*(x == {_LOW})/sum(x == {_LOW}) + 0.5*(x == {_HIGH})/sum(x == {_HIGH})",
        ),
        gates=(f"x == {_LOW} or not ({_ODD}) and x == {_HIGH}",),
        kink=f"{_ODD} ? sum(x == {_LOW}) > 1 : sum(x == {_LOW}) + sum(x == {_HIGH}) > ({_LOW} == {_HIGH} ? 4 : 2)",
        convention=f"the weight of a row in the middle is 1, of each of two 1/2; {_TIES}",
        flat=True,
        points=((2.0,), (-1.0,)),
    ),
    Function(
        name="quantile",
        operands=("x", "q"),
        doc="quantile of a column: linear between its rows in order, which stand at q*(count(x) - 1) = 0, 1, 2, …",
        definition=f"{_FROM} == {_TO} or {_SHARE} == 0 ? {_FROM} : {_SHARE} == 1 ? {_TO}"
        f" : abs{_STEP} == inf ? {_FROM}*(1 - {_SHARE}) + {_TO}*{_SHARE}"
        f" : {_SHARE} < 0.5 ? {_FROM} + {_STEP}*{_SHARE} : {_TO} - {_STEP}*(1 - {_SHARE})",
        formula="x",
        domain=_DOMAIN,
        reduces=True,
        partials=(
            f"(1 - {_SHARE})*(x == {_FROM})/sum(x == {_FROM}) + {_SHARE}*(x == {_TO})/sum(x == {_TO})",
            f"{_FROM} == {_TO} ? 0 : {_STEP}*(count(x) - 1)",
        ),
        gates=(f"x == {_FROM} and {_SHARE} < 1 or x == {_TO} and {_SHARE} > 0", ""),
        kink=f"{_SHARE} < 1 and sum(x == {_FROM}) > 1 or {_SHARE} > 0 and sum(x == {_TO}) > 1",
        convention=f"the weights of the two rows are those of the interpolation; {_TIES};"
        " with respect to q, at the place of a row, the slope to the right, and at q = 1 that to the left",
        flat=True,
        source=_SOURCE,
        points=((2.0, 0.25), (2.0, 0.0), (2.0, 1.0)),
    ),
    _row("quantile_from", "from which", _place("n")),
    _row("quantile_to", "to which", f"min({_place('n')} + 1, n - 1)"),
    Function(
        name="quantile_share",
        operands=("x", "q"),
        doc="how far quantile(x, q) is on the way from the one row to the other: 0 to 1",
        definition=f"q*(count(x) - 1) - {_place('count(x)')}",
        formula="0",
        domain=_DOMAIN,
        reduces=True,
        partials=("0", "count(x) - 1"),
        source=_SOURCE,
        points=((2.0, 0.25),),
    ),
]
