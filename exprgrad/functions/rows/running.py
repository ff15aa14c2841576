"""Table rows: scans, which give each row of a column what the rows up to it, or from it on, add up to.

Rows are added one after the other, so that neither threads nor batches change a bit. A number is a column of one row.
"""

from __future__ import annotations

from exprgrad.functions.entry import Function

ROWS = [
    Function(
        name="cumsum",
        operands=("x",),
        doc="running sum of a column: each row holds the sum of the rows up to it, added from the first on",
        value=lambda x: x,
        formula="x",
        scan="up to",
        partials=("1",),
        exact=True,
        unit=1.0,
        points=((2.0,),),
    ),
    Function(
        name="cumsum_back",
        operands=("x",),
        doc="running sum of a column from its end: each row holds the sum of the rows from it on, added from the last",
        value=lambda x: x,
        formula="x",
        scan="from",
        partials=("1",),
        exact=True,
        unit=1.0,
        points=((2.0,),),
    ),
    Function(
        name="row_number",
        operands=("x",),
        doc="the number of each row of a column: 1, 2, 3, …",
        value=lambda x: 1.0,
        formula="1",
        scan="count",
        partials=("0",),
        exact=True,
        not_negative=True,
        points=((2.0,),),
    ),
]
