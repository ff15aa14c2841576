"""Errors in x beside ODRPACK: `python -m benchmarks.orthogonal [rows]`.

Each model is fitted by both from the same start; the sums of squares of both errors and the CPU times are printed, one
program after the other in turns. A lower sum is a better fit. The peer is the package `odrpack` where it is installed,
else SciPy's `scipy.odr`, which is the same code of 2005.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import exprgrad


class Case(NamedTuple):
    """A model as a formula and as a function, true parameters, and the range of x."""

    formula: str
    function: Callable[[Any, Any], Any]
    true: tuple[float, ...]
    low: float
    high: float


CASES = {
    "line": Case("y ~ a + b*x", lambda p, x: p[0] + p[1] * x, (1.0, -0.5), 0, 10),
    "decay": Case("y ~ a*exp(-b*x) + c", lambda p, x: p[0] * np.exp(-p[1] * x) + p[2], (3.0, 0.8, 0.5), 0, 5),
    "peak": Case(
        "y ~ a*exp(-((x - b)/c)^2)", lambda p, x: p[0] * np.exp(-(((x - p[1]) / p[2]) ** 2)), (2.0, 3.0, 1.2), 0, 6
    ),
    "hill": Case(
        "y ~ a*x^b/(c^b + x^b)", lambda p, x: p[0] * x ** p[1] / (p[2] ** p[1] + x ** p[1]), (2.0, 2.0, 3.0), 1, 9
    ),
}
SIGMA_X, SIGMA_Y = 0.1, 0.05


def peer(case: Case, x: Any, y: Any, start: tuple[float, ...]) -> tuple[float, str]:
    """The sum of squares that ODRPACK reaches, and which ODRPACK it is."""
    try:
        from odrpack import odr_fit  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from scipy import odr  # type: ignore[attr-defined,unused-ignore]

            data = odr.RealData(x, y, SIGMA_X, SIGMA_Y)
            found = odr.ODR(data, odr.Model(case.function), beta0=start, sstol=1e-15, partol=1e-15, maxit=500).run()
        return float(found.sum_square), "scipy.odr"
    weights = {"weight_x": SIGMA_X**-2, "weight_y": SIGMA_Y**-2}
    done = odr_fit(
        lambda t, p: case.function(p, t), x, y, np.array(start), sstol=1e-15, partol=1e-15, maxit=500, **weights
    )
    return float(done.sum_square), "odrpack"


def own(case: Case, x: Any, y: Any, start: tuple[float, ...]) -> float:
    """The sum of squares that exprgrad reaches."""
    rows = {"x": x, "y": y, "s": np.full(len(x), SIGMA_Y)}
    starts: dict[str, Any] = dict(zip("abc", start, strict=False))
    return float(exprgrad.fit(case.formula, rows, sigma="s", sigma_x={"x": str(SIGMA_X)}, **starts).rss)


def main() -> None:
    rows = int(sys.argv[1]) if sys.argv[1:] else 20_000
    random = np.random.default_rng(1)
    print(f"{'model':8}{'rows':>9}  {'exprgrad':>18}{'peer':>18}  {'CPU s':>8}{'peer':>8}")
    for name, case in CASES.items():
        true = random.uniform(case.low, case.high, rows)
        x, y = true + random.normal(0, SIGMA_X, rows), case.function(case.true, true) + random.normal(0, SIGMA_Y, rows)
        start = tuple(1.2 * value for value in case.true)
        begun = time.process_time()
        ours = own(case, x, y, start)
        between = time.process_time()
        theirs, who = peer(case, x, y, start)
        ended = time.process_time()
        print(
            f"{name:8}{rows:>9,}  {ours:>18.10f}{theirs:>18.10f}  {between - begun:>8.2f}{ended - between:>8.2f}  {who}"
        )


if __name__ == "__main__":
    main()
