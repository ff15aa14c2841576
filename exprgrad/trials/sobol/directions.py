"""The direction numbers of Sobol' points: what each bit of the number of a point adds to it.

(Sobol' 1967; the numbers of Joe and Kuo 2008, SIAM J. Sci. Comput. 30, 2635, in `joe_kuo.txt`.)
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 512
"""The most that there are numbers for."""
BITS = 32
"""Of the number of a point: there are 2^32 points."""


@cache
def directions(dimensions: int) -> NDArray[np.uint64]:
    """The numbers [dimensions, BITS], whose highest bit of BITS is worth 1/2."""
    found = np.empty((dimensions, BITS), dtype=np.uint64)
    found[0] = [1 << (BITS - 1 - k) for k in range(BITS)]  # the van der Corput sequence
    lines = Path(__file__).with_name("joe_kuo.txt").read_text("ascii").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    for dimension, line in enumerate(rows[: dimensions - 1], 1):
        degree, coefficients, *first = map(int, line.split())
        numbers = [m << (BITS - 1 - k) for k, m in enumerate(first)]
        for k in range(degree, BITS):
            new = numbers[k - degree] ^ (numbers[k - degree] >> degree)
            for place in range(1, degree):
                if coefficients >> (degree - 1 - place) & 1:
                    new ^= numbers[k - place]
            numbers.append(new)
        found[dimension] = numbers[:BITS]
    return found
